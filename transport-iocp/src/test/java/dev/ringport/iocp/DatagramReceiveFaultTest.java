// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.loop.KeptMemory;
import dev.ringport.testkit.Udp;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Receives that end as they do on Windows, where Wine is kinder. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(120)
class DatagramReceiveFaultTest {
    private static final int STATUS_CONNECTION_RESET = 0xC000020D;

    @AutoClose
    private final DatagramFaults faults = new DatagramFaults();

    /** Turns the packets of so many receives into another status. */
    private void failReceives(AtomicInteger left, int status) {
        faults.postAlways();
        faults.onPackets((entries, count) -> {
            for (int i = 0; i < count; i++) {
                if (faults.receives.contains(DatagramFaults.overlapped(entries, i)) && left.getAndDecrement() > 0) {
                    DatagramFaults.status(entries, i, status);
                }
            }
            return count;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {
        WindowsErrors.WSAECONNRESET, WindowsErrors.WSAECONNREFUSED, WindowsErrors.WSAENETRESET,
        WindowsErrors.ERROR_PORT_UNREACHABLE, WindowsErrors.ERROR_NETNAME_DELETED})
    void anUnconnectedChannelReadsOnWhenPostingTellsOfResets(int code) {
        AtomicInteger resets = new AtomicInteger(40);
        faults.calls.on("wsaRecvFrom", (real, arguments) -> resets.getAndDecrement() > 0 ? -code : real.call());
        IocpDatagramChannel channel = faults.bind();
        for (int i = 0; i < 20; i++) {
            faults.peer.send(Udp.numbered(i, 30), channel.localAddress());
            assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(i, 30));
        }
        assertThat(DatagramFaults.count(channel, Counter.DATAGRAM_RESETS)).isEqualTo(40);
        assertThat(faults.received.errors).isEmpty();
    }

    @Test
    void anUnconnectedChannelReadsOnWhenReceivesEndWithResets() {
        failReceives(new AtomicInteger(50), STATUS_CONNECTION_RESET);
        IocpDatagramChannel channel = faults.bind();
        for (int i = 0; i < 60; i++) {
            faults.peer.send(Udp.numbered(i, 30), channel.localAddress());
        }
        for (int i = 50; i < 60; i++) {
            assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(i, 30));
        }
        assertThat(DatagramFaults.count(channel, Counter.DATAGRAM_RESETS)).isEqualTo(50);
        assertThat(faults.received.errors).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnectedChannelTellsOfEachResetAndReadsOn(boolean autoRead) {
        failReceives(new AtomicInteger(3), STATUS_CONNECTION_RESET);
        IocpDatagramChannel channel = faults.udp.opened(
                faults.bootstrap().option(ChannelOption.AUTO_READ, autoRead).connect(faults.peer.address()));
        for (int i = 0; i < 5; i++) {
            channel.read();
            faults.peer.send(Udp.numbered(i, 30), channel.localAddress());
            if (i < 3) {
                assertThat(faults.received.takeError()).isInstanceOf(PortUnreachableException.class);
            } else {
                assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(i, 30));
            }
        }
        assertThat(channel.isActive()).isTrue();
    }

    /** Wine ends all that are posted for one datagram that was sent in vain. */
    @Test
    void resetsThatComeTogetherAreToldOnce() throws Exception {
        AtomicInteger left = new AtomicInteger(16);
        AtomicInteger turns = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        faults.postAlways();
        faults.onPackets((entries, count) -> {
            int failed = 0;
            for (int i = 0; i < count; i++) {
                if (faults.receives.contains(DatagramFaults.overlapped(entries, i)) && left.getAndDecrement() > 0) {
                    DatagramFaults.status(entries, i, STATUS_CONNECTION_RESET);
                    failed++;
                }
            }
            turns.addAndGet(Math.min(failed, 1));
            most.accumulateAndGet(failed, Math::max);
            return count;
        });
        IocpDatagramChannel channel = faults.udp.opened(faults.bootstrap().connect(faults.peer.address()));
        faults.sendAtOnce(channel, 20, 30);
        for (int i = 16; i < 20; i++) {
            assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(i, 30));
        }
        assertThat(most).hasValueGreaterThan(1);
        assertThat(faults.received.errors).hasSizeBetween(1, turns.get());
        for (int i = faults.received.errors.size(); i > 0; i--) {
            assertThat(faults.received.takeError()).isInstanceOf(PortUnreachableException.class);
        }
    }

    @Test
    void datagramsGoUpInPostingOrderWhenPacketsComeInReverse() throws Exception {
        AtomicInteger most = new AtomicInteger();
        faults.onPackets((entries, count) -> {
            DatagramFaults.reverse(entries, count);
            most.accumulateAndGet(count, Math::max);
            return count;
        });
        IocpDatagramChannel channel = faults.bind();
        for (int round = 0; round < 10; round++) {
            faults.sendAtOnce(channel, 40, 30);
            faults.expectReceived(40, 30);
        }
        assertThat(most).hasValueGreaterThan(8);
    }

    @ParameterizedTest
    @ValueSource(ints = {WindowsErrors.WSAEMSGSIZE, WindowsErrors.ERROR_MORE_DATA})
    void aDatagramThatIsCutAtOnceMayPostAPacket(int code) {
        // The receive fits exactly, so what is said to be cut is all there.
        faults.postAlways();
        faults.calls.on("wsaRecvFrom", (real, arguments) -> {
            int result = (int) real.call();
            return result == 0 ? -code : result;
        });
        IocpDatagramChannel channel = faults.bind(
                faults.bootstrap()
                        .option(IocpChannelOption.RECEIVES_POSTED, 1)
                        .option(ChannelOption.AUTO_READ, false)
                        .option(IocpChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, 100));
        for (int i = 0; i < 20; i++) {
            faults.peer.send(Udp.numbered(i, 100), channel.localAddress());
        }
        for (int i = 0; i < 20; i++) {
            channel.read();
            assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(i, 100));
        }
        assertThat(faults.received.errors).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void aDatagramThatIsCutAtOnceMayPostAPacketThoughTheModesSayOtherwise(int posted) throws Exception {
        AtomicLong port = new AtomicLong();
        faults.calls.on("wsaRecvFrom", (real, arguments) -> {
            int result = (int) real.call();
            if (result != 0) {
                return result;
            }
            assertThat(faults.calls.calls().kernel32().postQueuedCompletionStatus(
                    NativeCalls.threadCapture(), port.get(), 100, 0, (Long) arguments[8])).isZero();
            return -WindowsErrors.WSAEMSGSIZE;
        }).on("createIoCompletionPort", (real, arguments) -> {
            port.compareAndSet(0, (Long) arguments[2]);
            return real.call();
        });
        IocpDatagramChannel channel = faults.bind(
                faults.bootstrap()
                        .option(IocpChannelOption.RECEIVES_POSTED, posted)
                        .option(IocpChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, 100));
        faults.sendAtOnce(channel, 40, 100);
        faults.expectReceived(40, 100);
        assertThat(faults.received.errors).isEmpty();
    }

    @Test
    void aReceiveThatEndsAtOnceWaitsForThoseWhosePacketsAreStillInThePort() throws Exception {
        AtomicInteger atOnce = new AtomicInteger();
        try (DatagramFaults one = new DatagramFaults(new IocpIoHandlerConfig().dequeueBatch(1))) {
            one.calls.on("wsaRecvFrom", (real, arguments) -> {
                int result = (int) real.call();
                if (result == 0) {
                    atOnce.incrementAndGet();
                }
                return result;
            });
            IocpDatagramChannel channel = one.bind();
            channel.eventLoop().submit(() -> {}).get();
            // Sixteen fill the receives, whose packets are taken one by one; the others wait in the socket.
            one.sendAtOnce(channel, 60, 30);
            one.expectReceived(60, 30);
        }
        assertThat(atOnce).hasValueGreaterThan(15);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void aDatagramThatIsCutAtOnceMayPostNone(int posted) {
        AtomicInteger cut = new AtomicInteger(20);
        faults.calls.on("wsaRecvFrom", (real, arguments) -> {
            if (cut.getAndDecrement() <= 0) {
                return real.call();
            }
            // Family, port in network order, address: 127.0.0.1:7.
            var from = NativeMemory.at((Long) arguments[6], 16);
            from.set(ValueLayout.JAVA_SHORT, 0, (short) 2);
            from.set(ValueLayout.JAVA_SHORT, 2, (short) 0x0700);
            from.set(ValueLayout.JAVA_INT, 4, 0x0100007f);
            NativeMemory.at((Long) arguments[7], 4).set(ValueLayout.JAVA_INT, 0, 16);
            return -WindowsErrors.WSAEMSGSIZE;
        });
        IocpDatagramChannel channel = faults.bind(
                faults.bootstrap().option(IocpChannelOption.RECEIVES_POSTED, posted));
        for (int i = 0; i < 20; i++) {
            DatagramPacket packet = faults.received.take();
            assertThat(packet.content().readableBytes()).isEqualTo(2048);
            assertThat(packet.sender()).isEqualTo(Udp.at("127.0.0.1", 7));
            packet.release();
        }
        faults.peer.send(Udp.numbered(1, 30), channel.localAddress());
        assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(1, 30));
        assertThat(DatagramFaults.count(channel, Counter.DATAGRAMS_TRUNCATED)).isEqualTo(20);
    }

    /** The timer of another attempt does not run in a loop that ends, and nobody else would tell of the receive. */
    @Test
    void aReceiveInDoubtIsTheProgramsAgainThoughTheLoopEndsBeforeItIsAskedFor() throws Exception {
        ReplacedCalls calls = new ReplacedCalls();
        CountDownLatch refused = new CountDownLatch(1);
        AtomicInteger refusalsAtEnd = new AtomicInteger(5);
        AtomicInteger cut = new AtomicInteger(1);
        try (Loops loops = new Loops(1, new IocpIoHandlerConfig().calls(calls.calls()))) {
            calls.on("wsaRecvFrom", (real, arguments) -> cut.getAndDecrement() > 0
                    ? -WindowsErrors.WSAEMSGSIZE
                    : real.call()).on("postQueuedCompletionStatus", (real, arguments) -> {
                        boolean isWakeUp = (Long) arguments[4] == 0;
                        if (isWakeUp || (loops.group().isShuttingDown() && refusalsAtEnd.getAndDecrement() <= 0)) {
                            return real.call();
                        }
                        refused.countDown();
                        return -WindowsErrors.WSAENOBUFS;
                    });
            Udp.await(new Bootstrap().group(loops.group())
                    .channelFactory(() -> new IocpDatagramChannel(calls.calls(), SocketProtocolFamily.INET))
                    .handler(faults.received)
                    .bind(Udp.INET));
            refused.await();
            Udp.await(loops.group().shutdownGracefully(0, 30, TimeUnit.SECONDS));
            assertThat(KeptMemory.isKept(loops.handlers().getFirst().loop())).isFalse();
        }
        assertThat(refusalsAtEnd).hasNegativeValue();
    }

    @Test
    void aDatagramThatIsCutLaterComesCutWithItsSender() {
        IocpDatagramChannel channel = faults.bind();
        faults.peer.send(Udp.numbered(1, 5_000), channel.localAddress());
        DatagramPacket packet = faults.received.take();
        assertThat(packet.content().readableBytes()).isEqualTo(2048);
        assertThat(packet.sender()).isEqualTo(faults.peer.address());
        assertThat(DatagramFaults.count(channel, Counter.DATAGRAMS_TRUNCATED)).isEqualTo(1);
        packet.release();
    }

    @Test
    void anUnboundChannelGetsAPortBeforeItsFirstReceive() {
        AtomicInteger refused = new AtomicInteger();
        faults.calls.on("wsaRecvFrom", (real, arguments) -> {
            try (Arena arena = Arena.ofConfined()) {
                var name = arena.allocate(32, 8);
                var length = arena.allocateFrom(ValueLayout.JAVA_INT, 32);
                int result = faults.calls.calls().winsock().getsockname(
                        NativeCalls.threadCapture(), (Long) arguments[1], name.address(),
                        length.address());
                if (result < 0 || name.get(ValueLayout.JAVA_SHORT, 2) == 0) {
                    refused.incrementAndGet();
                    return -WindowsErrors.WSAEINVAL;
                }
            }
            return real.call();
        });
        IocpDatagramChannel channel = faults.udp.opened(
                faults.bootstrap().option(ChannelOption.valueOf("DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION"), true)
                        .register());
        Udp.await(channel.writeAndFlush(faults.packet(1, 20, faults.peer.address())));
        var datagram = faults.peer.receive();
        faults.peer.send(Udp.numbered(2, 20), datagram.sender());
        assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(2, 20));
        assertThat(channel.localAddress().getPort()).isEqualTo(datagram.sender().getPort());
        assertThat(refused).hasValue(0);
        assertThat(faults.received.errors).isEmpty();
    }

    /** 995 that follows no cancel of the channel's own is an error like others. */
    @ParameterizedTest
    @ValueSource(ints = {WindowsErrors.WSAENOBUFS, WindowsErrors.WSA_OPERATION_ABORTED})
    void anErrorThatStaysIsToldAndReadingGoesOnWithPauses(int code) {
        AtomicInteger calls = new AtomicInteger();
        faults.calls.on("wsaRecvFrom",
                (real, arguments) -> calls.incrementAndGet() <= 80 ? -code : real.call());
        IocpDatagramChannel channel = faults.bind();
        for (int i = 0; i < 5; i++) {
            assertThat(faults.received.takeError()).isInstanceOf(SocketException.class).hasMessageContaining("" + code);
        }
        faults.peer.send(Udp.numbered(1, 20), channel.localAddress());
        assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(1, 20));
        assertThat(faults.received.errors).isEmpty();
    }

    @Test
    void asManyReceivesArePostedAsConfiguredAndOneByReadWithoutAutoRead() throws Exception {
        for (int posted : new int[]{1, 5, 16}) {
            IocpDatagramChannel channel = faults.bind(
                    faults.bootstrap().option(IocpChannelOption.RECEIVES_POSTED, posted));
            channel.eventLoop().submit(() -> {}).get();
            assertThat(faults.receives).hasSize(posted);
            Udp.await(channel.close());
            faults.receives.clear();
        }
        IocpDatagramChannel channel = faults.bind(faults.bootstrap().option(ChannelOption.AUTO_READ, false));
        channel.eventLoop().submit(() -> {}).get();
        assertThat(faults.receives).isEmpty();
        channel.read();
        channel.eventLoop().submit(() -> {}).get();
        assertThat(faults.receives).hasSize(1);
    }

    @Test
    void theExactDestinationIsTheRecipientWhereAskedFor() {
        IocpDatagramChannel channel = faults.udp.opened(
                faults.bootstrap().option(IocpChannelOption.IP_RECVORIGDSTADDR, true).bind(Udp.at("0.0.0.0", 0)));
        for (int last = 1; last < 5; last++) {
            faults.peer.send(Udp.numbered(1, 20), Udp.at("127.0.0." + last, channel.localAddress().getPort()));
            DatagramPacket packet = faults.received.take();
            assertThat(packet.recipient()).isEqualTo(Udp.at("127.0.0." + last, channel.localAddress().getPort()));
            packet.release();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {
        0xC0000120, 0x8000000A, 0xC0000024, STATUS_CONNECTION_RESET, 0xC000013B, 0xC0000241, 0xC0000236, 0xC000023F,
        0xC0000008, 0xC00000B5})
    void aCloseEndsWhateverItsReceivesEndWith(int status) {
        IocpDatagramChannel channel = faults.bind();
        failReceives(new AtomicInteger(Integer.MAX_VALUE), status);
        Udp.await(channel.close());
        assertThat(faults.received.errors).isEmpty();
    }
}
