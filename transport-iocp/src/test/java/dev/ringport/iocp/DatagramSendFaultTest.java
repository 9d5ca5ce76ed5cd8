// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.abi.Wsamsg;
import dev.ringport.testkit.Udp;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.PortUnreachableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Sends that end as they do on Windows, where Wine is kinder. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(120)
class DatagramSendFaultTest {
    private static final int SEGMENT = 8;

    @AutoClose
    private final DatagramFaults faults = new DatagramFaults();
    private final List<ChannelFuture> writes = new ArrayList<>();

    private void write(IocpDatagramChannel channel, int datagrams) {
        for (int i = 0; i < datagrams; i++) {
            writes.add(channel.write(faults.packet(writes.size(), 20, faults.peer.address())));
        }
        channel.flush();
    }

    private void expectAllInOrder() {
        faults.expectNumbered(0, writes.size(), 20);
        writes.forEach(Udp::await);
    }

    @ParameterizedTest
    @ValueSource(ints = {WindowsErrors.WSAENOBUFS, WindowsErrors.WSAEWOULDBLOCK, WindowsErrors.WSAECONNRESET})
    void whatIsRefusedForNowIsSentAgainInOrder(int code) {
        AtomicInteger calls = new AtomicInteger();
        faults.calls.on("wsaSendTo", (real, arguments) -> {
            int call = calls.incrementAndGet();
            return (call > 3 && call < 9) || call % 7 == 0 ? -code : real.call();
        });
        IocpDatagramChannel channel = faults.bind();
        write(channel, 60);
        expectAllInOrder();
        assertThat(DatagramFaults.count(channel, Counter.SENDS_DELAYED)).isGreaterThan(5);
        assertThat(faults.received.errors).isEmpty();
    }

    @Test
    void aDatagramFailsThatIsRefusedAgainAndAgainAndTheNextOneIsTried() {
        AtomicBoolean refuse = new AtomicBoolean(true);
        faults.calls.on("wsaSendTo", (real, arguments) -> refuse.get() ? -WindowsErrors.WSAENOBUFS : real.call());
        IocpDatagramChannel channel = faults.bind();
        ChannelFuture first = channel.writeAndFlush(faults.packet(0, 20, faults.peer.address()));
        assertThat(Udp.failure(first)).isInstanceOf(IOException.class).hasMessageContaining("WSAENOBUFS");
        refuse.set(false);
        Udp.await(channel.writeAndFlush(faults.packet(1, 20, faults.peer.address())));
        assertThat(faults.peer.receive().content()).isEqualTo(Udp.numbered(1, 20));
    }

    @Test
    void whatIsRefusedWhileTheChannelClosesIsStillSent() {
        AtomicInteger refusals = new AtomicInteger(3);
        faults.calls.on(
                "wsaSendTo",
                (real, arguments) -> refusals.getAndDecrement() > 0 ? -WindowsErrors.WSAENOBUFS : real.call());
        IocpDatagramChannel channel = faults.bind();
        channel.eventLoop().execute(() -> {
            write(channel, 5);
            ChannelFuture _ = channel.close();
        });
        Udp.await(channel.closeFuture());
        expectAllInOrder();
    }

    @Test
    void whatIsRefusedWhileTheLoopEndsIsStillSent() throws Exception {
        AtomicInteger refusals = new AtomicInteger(30);
        faults.calls.on(
                "wsaSendTo",
                (real, arguments) -> refusals.getAndDecrement() > 0 ? -WindowsErrors.WSAENOBUFS : real.call());
        try (Loops loops = new Loops(1, new IocpIoHandlerConfig().calls(faults.calls.calls()))) {
            IocpDatagramChannel channel = (IocpDatagramChannel) new Bootstrap()
                    .group(loops.group())
                    .channelFactory(() -> new IocpDatagramChannel(faults.calls.calls(), SocketProtocolFamily.INET))
                    .handler(new ChannelInboundHandlerAdapter())
                    .bind(Udp.INET)
                    .sync()
                    .channel();
            channel.eventLoop().submit(() -> write(channel, 5)).sync();
        }
        expectAllInOrder();
    }

    @Test
    void aCloseWaitsForSendsUnderWay() throws Exception {
        faults.postAlways();
        AtomicBoolean hold = new AtomicBoolean(true);
        ConcurrentLinkedQueue<byte[]> held = new ConcurrentLinkedQueue<>();
        int size = 32;
        faults.calls.on("getQueuedCompletionStatusEx", (real, arguments) -> {
            MemorySegment entries = DatagramFaults.entries(arguments);
            if (!hold.get() && !held.isEmpty()) {
                int count = 0;
                for (byte[] entry = held.poll(); entry != null; entry = held.poll()) {
                    MemorySegment.copy(entry, 0, entries, ValueLayout.JAVA_BYTE, (long) count++ * size, size);
                }
                return count;
            }
            int count = (int) real.call();
            int left = 0;
            for (int i = 0; i < count; i++) {
                byte[] entry = entries.asSlice((long) i * size, size).toArray(ValueLayout.JAVA_BYTE);
                if (faults.sends.contains(DatagramFaults.overlapped(entries, i))) {
                    held.add(entry);
                } else {
                    MemorySegment.copy(entry, 0, entries, ValueLayout.JAVA_BYTE, (long) left++ * size, size);
                }
            }
            return count < 0 ? count : left;
        });
        IocpDatagramChannel channel = faults.bind();
        write(channel, 10);
        faults.expectNumbered(0, 10, 20);
        ChannelFuture close = channel.close();
        Udp.until(() -> held.size() == 10);
        assertThat(close.await(200)).isFalse();
        assertThat(channel.isOpen()).isTrue();
        assertThat(writes).noneMatch(ChannelFuture::isDone);
        hold.set(false);
        channel.eventLoop().execute(() -> {});
        Udp.await(close);
        assertThat(writes).allMatch(ChannelFuture::isSuccess);
    }

    @Test
    void moreDatagramsThanMayBeUnderWayAllLeaveInOrder() {
        faults.postAlways();
        AtomicLong most = new AtomicLong();
        IocpDatagramChannel channel = faults.bind();
        AtomicInteger underWay = new AtomicInteger();
        faults.calls.on("wsaSendTo", (real, arguments) -> {
            faults.sends.add((Long) arguments[8]);
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            return real.call();
        });
        faults.onPackets((entries, count) -> {
            for (int i = 0; i < count; i++) {
                if (faults.sends.contains(DatagramFaults.overlapped(entries, i))) {
                    underWay.decrementAndGet();
                }
            }
            return count;
        });
        IocpDatagramChannel sink = faults.bind(
                faults.bootstrap().option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(64)));
        for (int i = 0; i < 2_000; i++) {
            writes.add(channel.write(faults.packet(i, 20, sink.localAddress())));
        }
        channel.flush();
        writes.forEach(Udp::await);
        assertThat(most).hasValue(256);
    }

    @Test
    void noSendOvertakesThoseThatWereGivenUpBehindARefusedOne() throws Exception {
        AtomicLong first = new AtomicLong();
        AtomicInteger firstCalls = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        faults.calls.on("wsaSendTo", (real, arguments) -> {
            first.compareAndSet(0, (long) arguments[1]);
            if ((long) arguments[1] == first.get()) {
                return firstCalls.incrementAndGet() == 1 ? -WindowsErrors.WSAENOBUFS : real.call();
            }
            return switch (calls.incrementAndGet()) {
                case 1 -> -WindowsErrors.WSAEACCES;
                case 2 -> -WindowsErrors.WSAENOBUFS;
                default -> real.call();
            };
        });
        IocpDatagramChannel before = faults.bind();
        IocpDatagramChannel channel = faults.bind();
        Udp.Peer other = faults.udp.peer();
        AtomicReference<ChannelFuture> failed = new AtomicReference<>();
        channel.eventLoop().submit(() -> {
            // A turn tells of 256 ends: after these it tells of the datagram that failed, and of none behind it.
            for (int i = 0; i < 255; i++) {
                ChannelFuture _ = before.write(faults.packet(i, 20, other.address()));
            }
            before.flush();
            failed.set(channel.write(faults.packet(99, 20, faults.peer.address())).addListener(_ -> write(channel, 1)));
            for (int i = 0; i < 19; i++) {
                writes.add(channel.write(faults.packet(i, 20, faults.peer.address())));
            }
            channel.flush();
        }).get();
        assertThat(Udp.failure(failed.get())).hasMessageContaining("10013");
        faults.expectNumbered(0, 20, 20);
        writes.forEach(Udp::await);
    }

    @Test
    void aConnectedChannelThatDoesNotReadHearsOfAResetByItsNextSend() {
        AtomicInteger calls = new AtomicInteger();
        faults.calls.on("wsaSend",
                (real, arguments) -> calls.incrementAndGet() == 2 ? -WindowsErrors.WSAECONNRESET : real.call());
        IocpDatagramChannel channel = faults.udp.opened(
                faults.bootstrap().option(ChannelOption.AUTO_READ, false).connect(faults.peer.address()));
        Udp.await(channel.writeAndFlush(Udp.direct(Udp.numbered(0, 20))));
        assertThat(Udp.failure(channel.writeAndFlush(Udp.direct(Udp.numbered(1, 20)))))
                .isInstanceOf(PortUnreachableException.class);
        Udp.await(channel.writeAndFlush(Udp.direct(Udp.numbered(2, 20))));
        faults.expectNumbered(0, 1, 20);
        faults.expectNumbered(2, 3, 20);
    }

    /** The getsockopt of a Windows that cuts up sends; a probe's WSASendMsg too if it does as it says. */
    private void knowSegmentation(boolean probeSucceeds, AtomicInteger trains, ReplacedCalls.Answer train) {
        faults.calls.on("getsockopt", (real, arguments) -> {
            boolean asked = (int) arguments[2] == WinsockConstants.IPPROTO_UDP
                    && (int) arguments[3] == WinsockConstants.UDP_SEND_MSG_SIZE;
            return asked ? (Object) 0 : real.call();
        });
        faults.calls.on("wsaSendMsg", (real, arguments) -> {
            if ((long) arguments[5] != 0) {
                trains.incrementAndGet();
                return train.to(real, arguments);
            }
            if (!probeSucceeds) {
                return real.call();
            }
            MemorySegment message = NativeMemory.at((long) arguments[2], Wsamsg.BYTES);
            long buffer = Wsamsg.lpBuffers(message, 0);
            Wsabuf.len(NativeMemory.at(buffer, Wsabuf.BYTES), 0, SEGMENT);
            return faults.calls.calls().winsock().wsaSendTo(
                    (MemorySegment) arguments[0], (long) arguments[1], buffer, 1, (long) arguments[4], 0,
                    Wsamsg.name(message, 0), Wsamsg.namelen(message, 0), 0, 0);
        });
    }

    @Test
    void aSuccessThatLeftTheControlDataOutIsNoProofOfSegmentation() {
        AtomicInteger trains = new AtomicInteger();
        knowSegmentation(false, trains, (real, arguments) -> real.call());
        Wine.needed("drops control data of sends, and says that it took it");
        write(faults.bind(), 20);
        expectAllInOrder();
        assertThat(trains).hasValue(0);
    }

    @Test
    void theLoopDoesNotWaitForTheTrialOfSegmentation() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger trains = new AtomicInteger();
        knowSegmentation(true, trains, (real, arguments) -> -WindowsErrors.WSAEINVAL);
        faults.calls.on("wsaPoll", (real, arguments) -> {
            assertThat(end.await(20, TimeUnit.SECONDS)).isTrue();
            return real.call();
        });
        IocpDatagramChannel channel = faults.udp.opened(faults.bootstrap().bind(Udp.INET));
        write(channel, 20);
        expectAllInOrder();
        assertThat(trains).as("one by one, as long as nothing is known").hasValue(0);
        end.countDown();
        DatagramFaults.untilTrialsAreOver();
        write(channel, 20);
        faults.expectNumbered(20, 40, 20);
        assertThat(trains).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void oneTrialThatSucceedsIsBelievedAndThreeThatFail(int successful) {
        AtomicInteger trains = new AtomicInteger();
        AtomicInteger trials = new AtomicInteger();
        knowSegmentation(true, trains, (real, arguments) -> -WindowsErrors.WSAEINVAL);
        faults.calls.on("wsaPoll", (real, arguments) -> trials.incrementAndGet() < successful ? 0 : real.call());
        write(faults.bind(), 20);
        expectAllInOrder();
        assertThat(trials).hasValue(successful);
        assertThat(trains).hasValue(2);
    }

    @Test
    void threeTrialsThatFailAreBelieved() {
        AtomicInteger trains = new AtomicInteger();
        AtomicInteger trials = new AtomicInteger();
        knowSegmentation(true, trains, (real, arguments) -> -WindowsErrors.WSAEINVAL);
        faults.calls.on("wsaPoll", (real, arguments) -> {
            trials.incrementAndGet();
            return 0;
        });
        write(faults.bind(), 20);
        expectAllInOrder();
        assertThat(trials).hasValue(3);
        assertThat(trains).hasValue(0);
    }

    @Test
    void aTrainHasUpTo512Segments() {
        List<Integer> trains = new CopyOnWriteArrayList<>();
        knowSegmentation(true, new AtomicInteger(), (real, arguments) -> {
            trains.add(Wsamsg.dwBufferCount(NativeMemory.at((long) arguments[2], Wsamsg.BYTES), 0));
            return real.call();
        });
        IocpDatagramChannel channel = faults.bind();
        write(channel, 700);
        writes.forEach(Udp::await);
        assertThat(trains).containsExactly(512, 188);
        assertThat(DatagramFaults.count(channel, Counter.DATAGRAMS_SEGMENTED)).isEqualTo(700);
    }

    @ParameterizedTest
    @ValueSource(ints = {WindowsErrors.WSAEINVAL, WindowsErrors.WSAEOPNOTSUPP, WindowsErrors.WSAEMSGSIZE})
    void aTrainThatIsRefusedLeavesOneByOneAndIsNotTriedAgain(int code) {
        AtomicInteger trains = new AtomicInteger();
        knowSegmentation(true, trains, (real, arguments) -> -code);
        IocpDatagramChannel channel = faults.bind();
        write(channel, 20);
        expectAllInOrder();
        // Once more as a train, before it is believed.
        assertThat(trains).hasValue(2);
        assertThat(DatagramFaults.count(channel, Counter.SEGMENTATION_REFUSED)).isEqualTo(1);
        write(channel, 1);
        faults.expectNumbered(20, 21, 20);
        assertThat(trains).hasValue(2);
    }

    @Test
    void aTrainThatIsRefusedWhileTheChannelClosesLeavesOneByOne() {
        AtomicInteger trains = new AtomicInteger();
        knowSegmentation(true, trains, (real, arguments) -> -WindowsErrors.WSAEINVAL);
        IocpDatagramChannel channel = faults.bind();
        channel.eventLoop().execute(() -> {
            write(channel, 20);
            ChannelFuture _ = channel.close();
        });
        Udp.await(channel.closeFuture());
        expectAllInOrder();
        assertThat(trains).hasValue(2);
    }

    @Test
    void aTrainIsOneCallWithTheSegmentSizeAsControlData() {
        AtomicInteger trains = new AtomicInteger();
        AtomicInteger size = new AtomicInteger();
        AtomicInteger buffers = new AtomicInteger();
        knowSegmentation(true, trains, (real, arguments) -> {
            MemorySegment message = NativeMemory.at((long) arguments[2], Wsamsg.BYTES);
            MemorySegment control = NativeMemory.at(Wsabuf.buf(message, Wsamsg.CONTROL), 24);
            assertThat(Wsabuf.len(message, Wsamsg.CONTROL)).isEqualTo(24);
            size.set(control.get(ValueLayout.JAVA_INT, 16));
            buffers.set(Wsamsg.dwBufferCount(message, 0));
            return real.call();
        });
        IocpDatagramChannel channel = faults.bind();
        write(channel, 20);
        // A Wine that drops control data sends one datagram of all.
        assertThat(faults.peer.receive().content()).hasSizeGreaterThanOrEqualTo(20);
        writes.forEach(Udp::await);
        assertThat(trains).hasValue(1);
        assertThat(size).hasValue(20);
        assertThat(buffers).hasValue(20);
        assertThat(DatagramFaults.count(channel, Counter.DATAGRAMS_SEGMENTED)).isEqualTo(20);
    }
}
