// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.abi.Wsamsg;
import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.Udp;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Received control data as Windows gives it or leaves it out, which Wine knows little of. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(120)
class DatagramTrainTest {
    private static final int HEADER = 16;
    private static final int EXPECTED = 100;
    /** As many as a channel posts by itself. */
    private static final int RECEIVES = 16;

    @AutoClose
    private final DatagramFaults faults = new DatagramFaults();
    /** WSAMSG by OVERLAPPED. */
    private final Map<Long, Long> messages = new ConcurrentHashMap<>();
    /** What UDP_RECV_MAX_COALESCED_SIZE was set to. */
    private final Queue<Integer> coalesced = new ConcurrentLinkedQueue<>();
    /** How many receives that ask for control data have been posted. */
    private final AtomicInteger controlReceives = new AtomicInteger();

    DatagramTrainTest() {
        faults.calls.on("setsockopt", (real, arguments) -> {
            if ((int) arguments[2] != WinsockConstants.IPPROTO_UDP
                    || (int) arguments[3] != WinsockConstants.UDP_RECV_MAX_COALESCED_SIZE) {
                return real.call();
            }
            coalesced.add(NativeMemory.at((long) arguments[4], 4).get(ValueLayout.JAVA_INT, 0));
            return 0;
        });
        faults.calls.on("wsaRecvMsg", (real, arguments) -> {
            messages.put((Long) arguments[4], (Long) arguments[2]);
            Object result = real.call();
            controlReceives.incrementAndGet();
            return result;
        });
    }

    /** What each receive with control data is told besides its datagram: one message, or nothing if it is empty. */
    private void tell(int level, int type, byte[] data) {
        faults.postAlways();
        faults.onPackets((entries, count) -> {
            for (int i = 0; i < count; i++) {
                Long at = messages.get(DatagramFaults.overlapped(entries, i));
                if (at != null) {
                    MemorySegment message = NativeMemory.at(at, Wsamsg.BYTES);
                    Wsabuf.len(message, Wsamsg.CONTROL, data.length == 0 ? 0 : HEADER + data.length);
                    MemorySegment control = NativeMemory.at(Wsabuf.buf(message, Wsamsg.CONTROL), HEADER + data.length);
                    control.set(ValueLayout.JAVA_LONG, 0, HEADER + data.length);
                    control.set(ValueLayout.JAVA_INT, 8, level);
                    control.set(ValueLayout.JAVA_INT, 12, type);
                    MemorySegment.copy(data, 0, control, ValueLayout.JAVA_BYTE, HEADER, data.length);
                }
            }
            return count;
        });
    }

    private Bootstrap trains() {
        return faults.bootstrap()
                .option(IocpChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, EXPECTED)
                .option(IocpChannelOption.UDP_GRO, true);
    }

    @ParameterizedTest
    @ValueSource(ints = {250, 300, 101, 20_000})
    void aTrainComesAsItsDatagramsOfWhichTheLastMayBeShorter(int length) {
        tell(WinsockConstants.IPPROTO_UDP, WinsockConstants.UDP_COALESCED_INFO, new byte[]{EXPECTED, 0, 0, 0});
        IocpDatagramChannel channel = faults.bind(trains());
        byte[] train = Udp.numbered(7, length);
        for (int round = 0; round < 3; round++) {
            faults.peer.send(train, channel.localAddress());
            for (int at = 0; at < length; at += EXPECTED) {
                DatagramPacket packet = faults.received.take();
                byte[] bytes = new byte[packet.content().readableBytes()];
                packet.content().readBytes(bytes);
                assertThat(bytes).isEqualTo(Arrays.copyOfRange(train, at, Math.min(length, at + EXPECTED)));
                assertThat(packet.sender()).isEqualTo(faults.peer.address());
                packet.release();
            }
        }
        assertThat(faults.received.packets).isEmpty();
        assertThat(DatagramFaults.count(channel, Counter.DATAGRAMS_DROPPED)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {20, EXPECTED, EXPECTED + 1, 20 * EXPECTED})
    void aReadWithoutTheSizeToCutByIsDroppedAndCountedAndEndsCoalescing(int length) throws Exception {
        tell(WinsockConstants.IPPROTO_UDP, WinsockConstants.UDP_COALESCED_INFO, new byte[0]);
        try (CapturedLog log = CapturedLog.capture()) {
            IocpDatagramChannel channel = faults.bind(trains());
            faults.peer.send(Udp.numbered(1, length), channel.localAddress());
            Udp.until(() -> DatagramFaults.count(channel, Counter.DATAGRAMS_DROPPED) == 1);
            // The one behind it finds the socket empty. What came before that might still be a train, and is dropped.
            Udp.until(() -> controlReceives.get() == RECEIVES + 1);
            assertThat(channel.config().isUdpGro()).isFalse();
            assertThat(coalesced).containsExactly(65_535, 0);
            for (int i = 0; i < 40; i++) {
                faults.peer.send(Udp.numbered(i, EXPECTED - i), channel.localAddress());
                assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(i, EXPECTED - i));
            }
            assertThat(faults.received.packets).isEmpty();
            assertThat(DatagramFaults.count(channel, Counter.DATAGRAMS_DROPPED)).isEqualTo(1);
            assertThatThrownBy(() -> channel.config().setUdpGro(true)).isInstanceOf(ChannelException.class);
            channel.config().setUdpGro(false);
            assertThat(coalesced).containsExactly(65_535, 0);
            assertThat(log.lines("WARN")).hasSize(1).first().asString().contains("UDP_COALESCED_INFO");
        }
    }

    @Test
    void whatTheSocketHeldWhenCoalescingEndedIsNotTakenForADatagram() throws Exception {
        tell(WinsockConstants.IPPROTO_UDP, WinsockConstants.UDP_COALESCED_INFO, new byte[0]);
        IocpDatagramChannel channel = faults.bind(trains().option(IocpChannelOption.RECEIVES_POSTED, 4));
        faults.sendAtOnce(channel, 60, EXPECTED);
        Udp.until(() -> DatagramFaults.count(channel, Counter.DATAGRAMS_DROPPED)
                + DatagramFaults.count(channel, Counter.DATAGRAMS_RECEIVED) == 60);
        // What was posted before, and what ended at once after it.
        assertThat(DatagramFaults.count(channel, Counter.DATAGRAMS_DROPPED)).isGreaterThanOrEqualTo(4);
        // The turn that took the last of them finds the socket empty before it ends.
        channel.eventLoop().submit(() -> {}).sync();
        faults.peer.send(Udp.numbered(99, EXPECTED), channel.localAddress());
        byte[] last;
        do {
            last = faults.received.takeBytes();
        } while (!Arrays.equals(last, Udp.numbered(99, EXPECTED)));
    }

    @Test
    void oneByteIsOneDatagram() {
        tell(WinsockConstants.IPPROTO_UDP, WinsockConstants.UDP_COALESCED_INFO, new byte[0]);
        IocpDatagramChannel channel = faults.bind(trains());
        faults.peer.send(new byte[]{7}, channel.localAddress());
        faults.peer.send(new byte[0], channel.localAddress());
        assertThat(faults.received.takeBytes()).isEqualTo(new byte[]{7});
        assertThat(faults.received.takeBytes()).isEmpty();
        assertThat(channel.config().isUdpGro()).isTrue();
    }

    @Test
    void withoutAutoReadTheReadThatBroughtNothingUsableGoesOn() throws Exception {
        tell(WinsockConstants.IPPROTO_UDP, WinsockConstants.UDP_COALESCED_INFO, new byte[0]);
        IocpDatagramChannel channel = faults.bind(trains().option(ChannelOption.AUTO_READ, false));
        channel.read();
        faults.peer.send(Udp.numbered(1, 2 * EXPECTED), channel.localAddress());
        // The one behind it finds the socket empty. What came before that might still be a train, and is dropped.
        Udp.until(() -> controlReceives.get() == 2);
        assertThat(channel.config().isUdpGro()).isFalse();
        faults.peer.send(Udp.numbered(2, EXPECTED), channel.localAddress());
        assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(2, EXPECTED));
    }

    @ParameterizedTest
    @ValueSource(ints = {EXPECTED, 3 * EXPECTED})
    void whatAReceiveFromBeforeTheOptionBringsIsDroppedAndCounted(int length) throws Exception {
        CountDownLatch came = new CountDownLatch(1);
        CountDownLatch set = new CountDownLatch(1);
        faults.postAlways();
        faults.onPackets((entries, count) -> {
            for (int i = 0; i < count; i++) {
                if (faults.receives.contains(DatagramFaults.overlapped(entries, i))) {
                    came.countDown();
                    await(set);
                }
            }
            return count;
        });
        IocpDatagramChannel channel = faults.bind(
                faults.bootstrap().option(IocpChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, EXPECTED));
        faults.peer.send(Udp.numbered(1, length), channel.localAddress());
        await(came);
        channel.config().setUdpGro(true);
        tell(WinsockConstants.IPPROTO_UDP, WinsockConstants.UDP_COALESCED_INFO, new byte[]{EXPECTED, 0, 0, 0});
        set.countDown();
        Udp.until(() -> DatagramFaults.count(channel, Counter.DATAGRAMS_DROPPED) == 1);
        Udp.until(() -> messages.size() == RECEIVES);
        faults.peer.send(Udp.numbered(2, EXPECTED), channel.localAddress());
        assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(2, EXPECTED));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void switchingTrainsOffWhereTheyAreOffAsksNobody() {
        IocpDatagramChannel channel = faults.bind(faults.bootstrap().option(IocpChannelOption.UDP_GRO, false));
        channel.config().setUdpGro(false);
        assertThat(coalesced).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {WindowsErrors.WSAEOPNOTSUPP, WindowsErrors.WSAEINVAL, WindowsErrors.WSAENOPROTOOPT})
    void aChannelWhoseControlDataIsRefusedReadsWithout(int code) {
        faults.calls.on("wsaRecvMsg", (real, arguments) -> -code);
        try (CapturedLog log = CapturedLog.capture()) {
            IocpDatagramChannel channel = faults.bind(
                    trains().option(IocpChannelOption.IP_RECVORIGDSTADDR, true));
            for (int i = 0; i < 40; i++) {
                faults.peer.send(Udp.numbered(i, EXPECTED), channel.localAddress());
                DatagramPacket packet = faults.received.take();
                assertThat(packet.recipient()).isEqualTo(channel.localAddress());
                assertThat(packet.content().readableBytes()).isEqualTo(EXPECTED);
                packet.release();
            }
            assertThat(coalesced).containsExactly(65_535, 0);
            assertThat(channel.config().isUdpGro()).isFalse();
            assertThatThrownBy(() -> channel.config().setUdpGro(true)).isInstanceOf(ChannelException.class);
            assertThat(log.lines("WARN")).hasSize(1).first().asString().contains("WSARecvMsg", "" + code);
            assertThat(faults.received.errors).isEmpty();
        }
    }

    @Test
    void aDestinationOfOneLinkKeepsItsInterface() {
        byte[] linkLocal = new byte[20];
        linkLocal[0] = (byte) 0xfe;
        linkLocal[1] = (byte) 0x80;
        linkLocal[15] = 1;
        tell(WinsockConstants.IPPROTO_IPV6, WinsockConstants.IPV6_PKTINFO, linkLocal);
        IocpDatagramChannel channel = faults.bind(
                faults.bootstrap().option(IocpChannelOption.IP_RECVORIGDSTADDR, true));
        for (int scope = 7; scope < 10; scope++) {
            linkLocal[16] = (byte) scope;
            faults.peer.send(Udp.numbered(1, 20), channel.localAddress());
            DatagramPacket packet = faults.received.take();
            int expected = scope;
            assertThat(packet.recipient().getAddress()).isInstanceOfSatisfying(
                    Inet6Address.class, address -> assertThat(address.getScopeId()).isEqualTo(expected));
            packet.release();
        }
    }
}
