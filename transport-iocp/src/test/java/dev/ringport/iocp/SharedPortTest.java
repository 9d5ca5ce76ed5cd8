// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.Udp;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** One UDP port on many loops. Wine shares none, so its answers are injected: SO_REUSEADDR lets it bind twice. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class SharedPortTest {
    private static final int PROCESSORS = 4;

    private final ReplacedCalls calls = new ReplacedCalls();
    private final Queue<Integer> processors = new ConcurrentLinkedQueue<>();
    private final Set<Long> sharing = ConcurrentHashMap.newKeySet();
    private final AtomicInteger lateBinds = new AtomicInteger();

    private void share() {
        calls.on("wsaIoctl", (real, arguments) -> {
            if ((Integer) arguments[2] != WinsockConstants.SIO_CPU_AFFINITY) {
                return real.call();
            }
            assertThat(arguments[4]).isEqualTo(Short.BYTES);
            processors.add((int) NativeMemory.at((Long) arguments[3], Short.BYTES).get(ValueLayout.JAVA_SHORT, 0));
            sharing.add((Long) arguments[1]);
            try (Arena arena = Arena.ofConfined()) {
                assertThat(WindowsCalls.system().winsock().setsockopt(
                        NativeCalls.threadCapture(), (Long) arguments[1], WinsockConstants.SOL_SOCKET,
                        WinsockConstants.SO_REUSEADDR, arena.allocateFrom(ValueLayout.JAVA_INT, 1).address(),
                        Integer.BYTES)).isZero();
            }
            return 0;
        }).on("bind", (real, arguments) -> {
            if (!sharing.contains((Long) arguments[1])) {
                lateBinds.incrementAndGet();
            }
            return real.call();
        });
    }

    private Bootstrap bootstrap(Loops loops) {
        return new Bootstrap()
                .group(loops.group())
                .channelFactory(() -> new IocpDatagramChannel(calls.calls(), SocketProtocolFamily.INET))
                .handler(new Ignoring());
    }

    @io.netty.channel.ChannelHandler.Sharable
    private static final class Ignoring extends ChannelInboundHandlerAdapter {}

    private List<Channel> bind(Loops loops) {
        Future<List<Channel>> bound = IocpSharedPort.bind(calls.calls(), bootstrap(loops), Udp.INET, PROCESSORS);
        assertThat(bound.awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
        assertThat(bound.cause()).isNull();
        return bound.getNow();
    }

    @Test
    void eachProcessorHasAChannelOnThePortAndTheLoopsShareThem() {
        share();
        try (Loops loops = new Loops(2)) {
            List<Channel> channels = bind(loops);
            assertThat(channels).hasSize(PROCESSORS);
            // The first is that of the socket that is only asked.
            assertThat(processors).containsExactly(0, 0, 1, 2, 3);
            assertThat(lateBinds).as("binds before the option").hasValue(0);
            assertThat(channels).extracting(Channel::localAddress).containsOnly(channels.getFirst().localAddress());
            assertThat(channels).extracting(channel -> channel.config().getOption(IocpChannelOption.SIO_CPU_AFFINITY))
                    .containsExactly(0, 1, 2, 3);
            assertThat(channels).extracting(Channel::eventLoop).hasSameElementsAs(
                    List.of(channels.get(0).eventLoop(), channels.get(1).eventLoop()));
            assertThat(channels.get(0).eventLoop()).isNotSameAs(channels.get(1).eventLoop());
        }
    }

    @Test
    void whereTheSystemRefusesThereIsOneChannelAndALineThatSaysSo() {
        calls.on("wsaIoctl", (real, arguments) -> (Integer) arguments[2] == WinsockConstants.SIO_CPU_AFFINITY
                ? -WindowsErrors.WSAEOPNOTSUPP
                : real.call());
        try (Loops loops = new Loops(2); CapturedLog log = CapturedLog.capture()) {
            assertThat(bind(loops)).hasSize(1).first()
                    .satisfies(channel -> assertThat(channel.isActive()).isTrue())
                    .satisfies(channel -> assertThat(channel.config().getOption(IocpChannelOption.SIO_CPU_AFFINITY))
                            .isEqualTo(-1));
            assertThat(log.lines("WARN")).isEmpty();
        }
    }

    @Test
    void whereALaterBindFailsOneChannelServesAllProcessors() {
        share();
        AtomicInteger binds = new AtomicInteger();
        calls.on("bind", (real, arguments) -> binds.incrementAndGet() == 3 ? -WindowsErrors.WSAEACCES : real.call());
        try (Loops loops = new Loops(2)) {
            List<Channel> channels = bind(loops);
            assertThat(channels).hasSize(1);
            assertThat(channels.getFirst().config().getOption(IocpChannelOption.SIO_CPU_AFFINITY)).isEqualTo(-1);
            assertThat(binds).hasValue(4);
        }
    }

    /** Whoever asked for any port gets one, also if another process takes the first as soon as it is free. */
    @Test
    void whereALaterBindToAnyPortFailsTheOneChannelIsGivenAPortAnew() {
        share();
        AtomicInteger binds = new AtomicInteger();
        Set<Short> free = ConcurrentHashMap.newKeySet();
        calls.on("bind", (real, arguments) -> {
            short port = NativeMemory.at((Long) arguments[2], 4).get(ValueLayout.JAVA_SHORT, 2);
            int bind = binds.incrementAndGet();
            if (bind == 3) {
                free.add(port);
                return -WindowsErrors.WSAEACCES;
            }
            return free.contains(port) ? -WindowsErrors.WSAEADDRINUSE : real.call();
        });
        try (Loops loops = new Loops(2)) {
            assertThat(bind(loops)).hasSize(1).first()
                    .satisfies(channel -> assertThat(channel.isActive()).isTrue());
            assertThat(free).doesNotContain((short) 0);
        }
    }

    @Test
    void itCannotBeCancelledWhichWouldLeaveItsChannelsOpen() {
        share();
        CountDownLatch mayBind = new CountDownLatch(1);
        calls.on("bind", (real, arguments) -> {
            assertThat(mayBind.await(30, TimeUnit.SECONDS)).isTrue();
            return real.call();
        });
        try (Loops loops = new Loops(2)) {
            Future<List<Channel>> bound = IocpSharedPort.bind(calls.calls(), bootstrap(loops), Udp.INET, PROCESSORS);
            try {
                assertThat(bound.cancel(false)).isFalse();
            } finally {
                mayBind.countDown();
            }
            assertThat(bound.awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
            assertThat(bound.getNow()).hasSize(PROCESSORS);
        }
    }

    @Test
    void anAddressThatCannotBeBoundFails() {
        share();
        calls.on("bind", (real, arguments) -> -WindowsErrors.WSAEACCES);
        try (Loops loops = new Loops(2)) {
            Future<List<Channel>> bound = IocpSharedPort.bind(calls.calls(), bootstrap(loops), Udp.INET, PROCESSORS);
            assertThat(bound.awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
            assertThat(bound.cause()).hasMessageContaining("bind");
        }
    }

    @Test
    void theOptionIsCheckedAndItsRefusalTold() {
        IocpDatagramChannel channel = new IocpDatagramChannel(calls.calls(), SocketProtocolFamily.INET);
        try {
            for (int wrong : new int[]{-1, 65_536}) {
                assertThatThrownBy(() -> channel.config().setOption(IocpChannelOption.SIO_CPU_AFFINITY, wrong))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            calls.on("wsaIoctl", (real, arguments) -> -WindowsErrors.WSAEOPNOTSUPP);
            assertThatThrownBy(() -> channel.config().setOption(IocpChannelOption.SIO_CPU_AFFINITY, 1))
                    .isInstanceOf(ChannelException.class).hasMessageContaining("SIO_CPU_AFFINITY");
            assertThat(channel.config().getCpuAffinity()).isEqualTo(-1);
        } finally {
            channel.unsafe().closeForcibly();
        }
    }
}
