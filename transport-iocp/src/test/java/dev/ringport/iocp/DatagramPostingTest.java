// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.Udp;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.net.SocketException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
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

/** What receives are posted with, when, how many, and what is known of one that is posted again. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(120)
class DatagramPostingTest {
    @AutoClose
    private final DatagramFaults faults = new DatagramFaults();

    /** A receive that ends at once says that it was cut, and posts its packet all the same. */
    private void cutWithPacket() {
        faults.postAlways();
        faults.calls.on("wsaRecvFrom", (real, arguments) -> {
            int result = (int) real.call();
            return result == 0 ? -WindowsErrors.WSAEMSGSIZE : result;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void aCheckForThePacketOfOnePostingSaysNothingAboutTheNext(int posted) throws Exception {
        cutWithPacket();
        try (CapturedLog log = CapturedLog.capture()) {
            IocpDatagramChannel channel = faults.bind(
                    faults.bootstrap()
                            .option(IocpChannelOption.RECEIVES_POSTED, posted)
                            .option(IocpChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, 100));
            faults.sendAtOnce(channel, 100, 100);
            faults.expectReceived(100, 100);
            Udp.await(channel.close());
            assertThat(faults.received.packets).isEmpty();
            assertThat(faults.received.errors).isEmpty();
            assertThat(log.lines("WARN")).isEmpty();
        }
    }

    @Test
    void aCloseDoesNotOutlastTheCheckForAPacket() throws Exception {
        cutWithPacket();
        IocpDatagramChannel channel = faults.bind(
                faults.bootstrap()
                        .option(ChannelOption.AUTO_READ, false)
                        .option(IocpChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, 100));
        faults.sendAtOnce(channel, 1, 100);
        AtomicReference<ChannelFuture> close = new AtomicReference<>();
        channel.eventLoop().submit(() -> {
            channel.read();
            close.set(channel.close());
        }).get();
        assertThat(close.get().await(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theRoomOfAReceiveIsThatOfItsBufferThoughTheOptionChangesMeanwhile() throws Exception {
        AtomicReference<IocpDatagramChannel> channel = new AtomicReference<>();
        AtomicInteger size = new AtomicInteger(100);
        AtomicBoolean change = new AtomicBoolean();
        WatchedAllocator allocator = new WatchedAllocator(() -> {
            if (change.getAndSet(false)) {
                // By another thread, which does not wait for the loop.
                CompletableFuture.runAsync(
                        () -> channel.get().config().setMaxDatagramPayloadSize(size.addAndGet(100))).join();
            }
        });
        Queue<String> tooLong = new ConcurrentLinkedQueue<>();
        faults.calls.on("wsaRecvFrom", (real, arguments) -> {
            var buffer = NativeMemory.at((Long) arguments[2], Wsabuf.BYTES);
            ByteBuf made = allocator.made.get(Wsabuf.buf(buffer, 0));
            if (made != null && made.capacity() < Wsabuf.len(buffer, 0)) {
                tooLong.add(Wsabuf.len(buffer, 0) + " bytes into " + made);
            }
            return real.call();
        });
        channel.set(faults.bind(
                faults.bootstrap()
                        .option(ChannelOption.ALLOCATOR, allocator)
                        .option(IocpChannelOption.RECEIVES_POSTED, 1)
                        .option(IocpChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, 100)));
        for (int i = 0; i < 20; i++) {
            change.set(true);
            faults.peer.send(Udp.numbered(i, 50), channel.get().localAddress());
            assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(i, 50));
            Udp.until(() -> allocator.made.values().stream().anyMatch(made -> made.capacity() == size.get()));
        }
        assertThat(size).hasValue(2_100);
        assertThat(tooLong).isEmpty();
    }

    @Test
    void receivesThatThereWasNoMemoryForArePostedLater() throws Exception {
        AtomicInteger left = new AtomicInteger(3);
        WatchedAllocator allocator = new WatchedAllocator(() -> {
            if (left.getAndDecrement() <= 0) {
                throw new OutOfMemoryError("for the test");
            }
        });
        IocpDatagramChannel channel = faults.bind(faults.bootstrap().option(ChannelOption.ALLOCATOR, allocator));
        channel.eventLoop().submit(() -> {}).get();
        assertThat(faults.receives).hasSize(3);
        left.set(Integer.MAX_VALUE);
        exchangeOne(channel, 16);
        channel.config().setReceivesPosted(20);
        exchangeOne(channel, 20);
        assertThat(faults.received.errors).isEmpty();
    }

    private void exchangeOne(IocpDatagramChannel channel, int posted) throws Exception {
        faults.peer.send(Udp.numbered(1, 50), channel.localAddress());
        assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(1, 50));
        Udp.until(() -> faults.receives.size() == posted);
    }

    @Test
    void aReceiveThatEndedAndWaitsForOneThatNeverDoesGivesItsBufferBack() {
        WatchedAllocator allocator = new WatchedAllocator(() -> {});
        AtomicLong lost = new AtomicLong();
        DatagramFaults late = new DatagramFaults(new IocpIoHandlerConfig().shutdownTimeoutMillis(300));
        late.onPackets((entries, count) -> {
            for (int i = 0; i < count; i++) {
                long overlapped = DatagramFaults.overlapped(entries, i);
                if (late.receives.contains(overlapped) && (lost.compareAndSet(0, overlapped)
                        || lost.get() == overlapped)) {
                    DatagramFaults.forget(entries, i);
                }
            }
            return count;
        });
        IocpDatagramChannel channel = late.bind(
                late.bootstrap()
                        .option(IocpChannelOption.RECEIVES_POSTED, 4)
                        .option(ChannelOption.ALLOCATOR, allocator));
        // The receives are posted: what comes from now on completes one of them.
        Udp.await(channel.eventLoop().submit(() -> {}));
        for (int i = 0; i < 3; i++) {
            late.peer.send(Udp.numbered(i, 50), channel.localAddress());
        }
        // Ends by its bound.
        Udp.await(channel.close());
        late.close();
        assertThat(lost.get()).isNotZero();
        assertThat(allocator.made.values()).filteredOn(buffer -> buffer.refCnt() > 0).hasSize(1);
    }

    @Test
    void anUnboundChannelWhoseFirstSendFailsPostsNoReceive() throws Exception {
        AtomicBoolean refuse = new AtomicBoolean(true);
        faults.calls.on("wsaSendTo",
                (real, arguments) -> refuse.get() ? -WindowsErrors.WSAENETUNREACH : real.call());
        IocpDatagramChannel channel = faults.udp.opened(
                faults.bootstrap().option(ChannelOption.valueOf("DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION"), true)
                        .register());
        assertThat(Udp.failure(channel.writeAndFlush(faults.packet(1, 20, faults.peer.address()))))
                .isInstanceOf(SocketException.class);
        channel.eventLoop().submit(() -> {}).get();
        assertThat(faults.receives).isEmpty();
        refuse.set(false);
        Udp.await(channel.writeAndFlush(faults.packet(2, 20, faults.peer.address())));
        faults.peer.send(Udp.numbered(3, 20), faults.peer.receive().sender());
        assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(3, 20));
    }

    @Test
    void resetsThatEveryCallAnswersAreToldAndTriedAgainWithPauses() {
        AtomicBoolean reset = new AtomicBoolean(true);
        AtomicInteger calls = new AtomicInteger();
        faults.calls.on("wsaRecvFrom", (real, arguments) -> {
            calls.incrementAndGet();
            return reset.get() ? -WindowsErrors.WSAECONNRESET : real.call();
        });
        IocpDatagramChannel channel = faults.bind();
        for (int i = 0; i < 5; i++) {
            assertThat(faults.received.takeError()).isInstanceOf(SocketException.class).hasMessageContaining("10054");
        }
        assertThat(calls.get()).isLessThan(500);
        reset.set(false);
        faults.peer.send(Udp.numbered(1, 20), channel.localAddress());
        assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(1, 20));
    }

    @Test
    void aSystemThatDoesNotKnowOneKindOfResetIsAskedAboutTheOther() {
        Queue<Integer> asked = new ConcurrentLinkedQueue<>();
        faults.calls.on("wsaIoctl", (real, arguments) -> {
            asked.add((Integer) arguments[2]);
            return -WindowsErrors.WSAEOPNOTSUPP;
        });
        faults.bind();
        assertThat(asked).contains(WinsockConstants.SIO_UDP_CONNRESET, WinsockConstants.SIO_UDP_NETRESET);
    }

    @Test
    void aThousandDatagramsAreAsManyReceivesAndAsManySendsAndFewerDequeues() throws Exception {
        AtomicInteger pending = new AtomicInteger();
        ReplacedCalls.Answer receive = faults.calls.answer("wsaRecvFrom");
        faults.calls.on("wsaRecvFrom", (real, arguments) -> {
            Object result = receive.to(real, arguments);
            if (result.equals(-WindowsErrors.WSA_IO_PENDING)) {
                pending.incrementAndGet();
            }
            return result;
        });
        IocpDatagramChannel channel = faults.bind();
        channel.eventLoop().submit(() -> pending.set(0)).get();
        Counts before = Counts.of(channel);
        for (int round = 0; round < 25; round++) {
            faults.sendAtOnce(channel, 40, 30);
            faults.expectReceived(40, 30);
        }
        channel.eventLoop().submit(() -> {}).get();
        Counts received = Counts.of(channel).since(before);
        assertThat(received.receives()).isEqualTo(1_000);
        // Sixteen wait at the beginning and at the end; those that ended at once posted no packet.
        assertThat(received.packets()).isEqualTo(pending.get()).isLessThan(1_000);
        assertThat(received.dequeues()).isLessThan(600);
        before = Counts.of(channel);
        for (int round = 0; round < 25; round++) {
            channel.eventLoop().submit(() -> {
                for (int i = 0; i < 40; i++) {
                    ChannelFuture _ = channel.write(faults.packet(i, 30, faults.peer.address()));
                }
                channel.flush();
            }).get();
            faults.expectNumbered(0, 40, 30);
        }
        Counts sent = Counts.of(channel).since(before);
        assertThat(sent.sends()).isEqualTo(1_000);
        assertThat(sent.packets()).isZero();
        // A wait for each task, and what follows when all has ended.
        assertThat(sent.dequeues()).isLessThan(200);
    }

    private record Counts(long receives, long sends, long packets, long dequeues) {
        static Counts of(IocpDatagramChannel channel) {
            return new Counts(
                    DatagramFaults.count(channel, Counter.RECEIVE_CALLS),
                    DatagramFaults.count(channel, Counter.SEND_CALLS),
                    DatagramFaults.count(channel, Counter.PACKETS),
                    DatagramFaults.count(channel, Counter.DEQUEUES));
        }

        Counts since(Counts before) {
            return new Counts(
                    receives - before.receives, sends - before.sends, packets - before.packets,
                    dequeues - before.dequeues);
        }
    }
}
