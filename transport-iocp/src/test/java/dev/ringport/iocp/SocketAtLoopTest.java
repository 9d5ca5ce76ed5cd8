// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.loop.Features;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketAtLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** How sockets come to loops, and what happens when they cannot. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class SocketAtLoopTest {
    private final ReplacedCalls calls = new ReplacedCalls();

    private OverlappedSocket open(boolean stream) throws IOException {
        return OverlappedSocket.open(calls.calls(), false, stream);
    }

    /** Registers a socket with the loop of a channel, which only lends its loop. */
    private static ChannelPromise register(
            Loops loops, OverlappedSocket socket, TestHandle handle, Runnable joined) throws Exception {
        Channel channel = new IocpDatagramChannel();
        EventLoopGroup group = loops.group();
        Tcp.await(group.register(channel));
        ChannelPromise promise = channel.newPromise();
        new SocketAtLoop(channel, socket, () -> {}).register(handle, promise, joined);
        assertThat(promise.await(30, TimeUnit.SECONDS)).as("the promise is done").isTrue();
        Tcp.await(channel.close());
        // What the loop was told meanwhile is done.
        channel.eventLoop().submit(() -> {}).get(30, TimeUnit.SECONDS);
        return promise;
    }

    @Test
    void aClosedSocketJoinsNoLoop() throws Exception {
        try (Loops loops = new Loops(1)) {
            OverlappedSocket socket = open(false);
            socket.close();
            TestHandle handle = new TestHandle();
            ChannelPromise promise = register(loops, socket, handle, () -> {});
            assertThat(promise.cause()).isInstanceOf(ClosedChannelException.class);
            assertThat(handle.calls()).containsExactly("registered", "unregistered");
        }
    }

    @Test
    void aClosedSocketIsNeitherAtALoopNorMoved() throws Exception {
        AtomicInteger moves = new AtomicInteger();
        calls.on("ntSetInformationFile", (real, arguments) -> {
            moves.incrementAndGet();
            return 0;
        });
        try (Loops loops = new Loops(2)) {
            IocpIoHandler first = loops.handlers().getFirst();
            OverlappedSocket socket = open(true);
            socket.attach(first.loop().port());
            socket.close();
            assertThatThrownBy(() -> socket.attach(first.loop().port())).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> socket.attach(loops.handlers().getLast().loop().port()))
                    .isInstanceOf(ClosedChannelException.class);
            assertThat(moves).hasValue(0);
        }
    }

    @Test
    void aSocketWhoseModesCannotBeReadIsAtItsLoopAllTheSame() throws Exception {
        AtomicInteger refusals = new AtomicInteger(1);
        calls.on("getsockopt", (real, arguments) -> refusals.getAndDecrement() > 0
                ? (Object) (-WindowsErrors.WSAENOBUFS)
                : real.call());
        try (Loops loops = new Loops(1); IocpSocketCloser socket = new IocpSocketCloser(open(true))) {
            IocpIoHandler handler = loops.handlers().getFirst();
            assertThatThrownBy(() -> socket.of().attach(handler.loop().port()))
                    .hasMessageContaining("SO_PROTOCOL_INFOW");
            // Another association would be refused.
            socket.of().attach(handler.loop().port());
            assertThat(socket.of().skipsPackets()).isFalse();
        }
    }

    private record IocpSocketCloser(OverlappedSocket of) implements AutoCloseable {
        @Override
        public void close() {
            of.close();
        }
    }

    @Test
    void whateverFailsWhenAChannelJoinsFailsItsPromise() throws Exception {
        try (Loops loops = new Loops(1); IocpSocketCloser socket = new IocpSocketCloser(open(false))) {
            TestHandle handle = new TestHandle();
            ChannelPromise promise = register(loops, socket.of(), handle, () -> {
                throw new AssertionError("on purpose");
            });
            assertThat(promise.cause()).hasMessage("on purpose");
            assertThat(handle.calls()).containsExactly("registered", "unregistered");
        }
    }

    @Test
    void movingIsTriedOnASocketAsThoseOfChannelsAre() {
        List<Object> modes = Collections.synchronizedList(new ArrayList<>());
        calls.on("setFileCompletionNotificationModes", (real, arguments) -> {
            modes.add(arguments[1]);
            return real.call();
        }).on("closesocket", (real, arguments) -> {
            // The next socket may have its number.
            modes.remove(arguments[1]);
            return real.call();
        }).on("ntSetInformationFile",
                (real, arguments) -> modes.contains(arguments[0]) ? MovablePorts.STATUS_INVALID_PARAMETER : 0);
        assertThat(Features.find(calls.calls()).moving())
                .hasToString("off (NtSetInformationFile answers 0xc000000d)");
    }
}
