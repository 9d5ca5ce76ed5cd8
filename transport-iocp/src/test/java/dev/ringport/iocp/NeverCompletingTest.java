// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.OverlappedEntry;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.loop.KeptMemory;
import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.Leaks;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** Operations whose packets never come, or come late: nobody waits for ever, and nothing that Windows has is freed. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NeverCompletingTest {
    private static final String KEPT = "stay allocated for good";
    private static final int SHUTDOWN_MILLIS = 300;
    private static final int RECEIVES = 16;

    private final ReplacedCalls calls = new ReplacedCalls();
    /** The {@code OVERLAPPED}s whose packets do not reach the loop. */
    private final Set<Long> swallowed = ConcurrentHashMap.newKeySet();
    /** What was swallowed. */
    private final Queue<byte[]> held = new ConcurrentLinkedQueue<>();
    /** After how many calls that find nothing the held packets come after all. */
    private final AtomicInteger emptyCalls = new AtomicInteger(Integer.MAX_VALUE);

    NeverCompletingTest() {
        // Of calls that end at once too.
        calls.on("setFileCompletionNotificationModes", (real, arguments) -> -WindowsErrors.WSAEOPNOTSUPP);
        calls.on("getQueuedCompletionStatusEx", (real, arguments) -> {
            int count = (int) real.call();
            MemorySegment entries = DatagramFaults.entries(arguments);
            int left = swallow(entries, Math.max(0, count));
            if (left == 0 && emptyCalls.decrementAndGet() < 0) {
                left = giveBack(entries, (int) arguments[3]);
            }
            return left > 0 ? left : count <= 0 ? count : (Object) (-WindowsErrors.WAIT_TIMEOUT);
        });
    }

    private int swallow(MemorySegment entries, int count) {
        int left = 0;
        for (int i = 0; i < count; i++) {
            MemorySegment entry = entries.asSlice(i * OverlappedEntry.BYTES, OverlappedEntry.BYTES);
            if (swallowed.contains(DatagramFaults.overlapped(entries, i))) {
                held.add(entry.toArray(ValueLayout.JAVA_BYTE));
            } else {
                entries.asSlice(left++ * OverlappedEntry.BYTES, OverlappedEntry.BYTES).copyFrom(entry);
            }
        }
        return left;
    }

    private int giveBack(MemorySegment entries, int most) {
        swallowed.clear();
        int given = 0;
        while (given < most && !held.isEmpty()) {
            entries.asSlice(given++ * OverlappedEntry.BYTES, OverlappedEntry.BYTES)
                    .copyFrom(MemorySegment.ofArray(held.remove()));
        }
        return given;
    }

    /** Packets of these calls are swallowed from now on; the call says that they are to come. */
    private void swallow(String call, int overlapped) {
        calls.on(call, (real, arguments) -> {
            swallowed.add((Long) arguments[overlapped]);
            int result = (int) real.call();
            return result == 0 ? (Object) (-WindowsErrors.WSA_IO_PENDING) : result;
        });
    }

    private Loops loops(int shutdownMillis) {
        return new Loops(1, new IocpIoHandlerConfig().calls(calls.calls()).shutdownTimeoutMillis(shutdownMillis));
    }

    private Channel bind(Loops loops) throws Exception {
        Channel channel = Tcp.await(new Bootstrap().group(loops.group())
                .channelFactory(() -> new IocpDatagramChannel(calls.calls(), SocketProtocolFamily.INET))
                .handler(new ChannelInboundHandlerAdapter())
                .bind(new InetSocketAddress(Tcp.loopback(), 0)));
        turn(loops);
        return channel;
    }

    /** What was asked of the loop before stands now. */
    private static void turn(Loops loops) throws Exception {
        loops.next().submit(() -> {}).get(30, TimeUnit.SECONDS);
    }

    /** Waits until nothing is under way but so many operations: what was cancelled has ended. */
    private static void awaitInFlight(Loops loops, int operations) throws Exception {
        var table = loops.handlers().getFirst().loop().operations();
        while (loops.next().submit(table::inFlight).get(30, TimeUnit.SECONDS) > operations) {
            Thread.sleep(1);
        }
    }

    private static void shutDown(Loops loops) {
        assertThat(loops.group().shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(30, TimeUnit.SECONDS))
                .as("the group has ended")
                .isTrue();
    }

    private static void assertKept(CapturedLog log, Loops loops, int operations) {
        assertThat(log.lines(KEPT)).hasSize(1);
        assertThat(log.lines(KEPT).getFirst())
                .containsPattern("did not complete " + operations + " operation\\(s\\) in time; \\d{4,} bytes");
        IocpIoHandler handler = loops.handlers().getFirst();
        assertThat(KeptMemory.isKept(handler.loop())).isTrue();
        System.gc();
        assertThat(handler.loop().operations().inFlight()).isEqualTo(operations);
        assertThat(handler.loop().hasMemory()).as("the memory of the operations").isTrue();
    }

    private static void assertNothingKept(CapturedLog log, Loops loops) {
        assertThat(log.lines(KEPT)).isEmpty();
        IocpIoHandler handler = loops.handlers().getFirst();
        assertThat(KeptMemory.isKept(handler.loop())).isFalse();
        assertThat(handler.loop().operations().inFlight()).isZero();
        assertThat(handler.loop().hasMemory()).as("the memory of the operations").isFalse();
    }

    @Test
    void aLoopEndsWithinItsBoundAndKeepsTheMemoryOfReceivesThatNeverComplete() throws Exception {
        swallow("wsaRecvFrom", 8);
        Loops loops = loops(SHUTDOWN_MILLIS);
        try (CapturedLog log = CapturedLog.capture()) {
            Channel channel = bind(loops);
            ChannelFuture close = channel.close();
            shutDown(loops);
            assertThat(close.isDone()).isTrue();
            assertThat(channel.closeFuture().isDone()).isTrue();
            assertThat(channel.isOpen()).isFalse();
            assertKept(log, loops, RECEIVES);
        }
    }

    @Test
    void thePayloadOfADatagramThatNeverLeavesIsNeverFreed() throws Exception {
        swallow("wsaSendTo", 8);
        Loops loops = loops(SHUTDOWN_MILLIS);
        try (Leaks leaks = Leaks.watch();
                CapturedLog log = CapturedLog.capture();
                FarEnd peer = new FarEnd()) {
            Channel channel = bind(loops);
            ByteBuf pooled = channel.alloc().directBuffer(64).writeZero(64);
            ByteBuffer payload = ByteBuffer.allocateDirect(1000);
            WeakReference<ByteBuffer> nio = new WeakReference<>(payload);
            ChannelFuture first = channel.writeAndFlush(new DatagramPacket(pooled, peer.address()));
            ChannelFuture second = channel.writeAndFlush(
                    new DatagramPacket(Unpooled.wrappedBuffer(payload), peer.address()));
            payload = null;
            turn(loops);
            ChannelFuture close = channel.close();
            awaitInFlight(loops, 2);
            shutDown(loops);
            assertThat(close.isDone()).isTrue();
            assertThat(first.cause()).isNotNull();
            assertThat(second.cause()).isNotNull();
            assertKept(log, loops, 2);
            assertThat(pooled.refCnt()).isOne();
            assertThat(nio.get()).as("the NIO buffer of the send under way").isNotNull();
            leaks.assertNone();
        }
    }

    @Test
    void thePayloadOfAStreamThatNeverLeavesIsNeverFreed() throws Exception {
        swallow("wsaSend", 6);
        Loops loops = loops(SHUTDOWN_MILLIS);
        try (Leaks leaks = Leaks.watch();
                CapturedLog log = CapturedLog.capture();
                ServerSocket server = Tcp.plainServer()) {
            Channel channel = Tcp.connect(
                    new Bootstrap().group(loops.group())
                            .channelFactory(() -> new IocpSocketChannel(calls.calls(), SocketProtocolFamily.INET))
                            .handler(new ChannelInboundHandlerAdapter()),
                    (InetSocketAddress) server.getLocalSocketAddress());
            ByteBuf pooled = channel.alloc().directBuffer(64).writeZero(64);
            ByteBuffer payload = ByteBuffer.allocateDirect(1000);
            WeakReference<ByteBuffer> nio = new WeakReference<>(payload);
            ChannelFuture first = channel.write(pooled);
            ChannelFuture second = channel.writeAndFlush(Unpooled.wrappedBuffer(payload));
            payload = null;
            turn(loops);
            ChannelFuture close = channel.close();
            awaitInFlight(loops, 1);
            shutDown(loops);
            assertThat(close.isDone()).isTrue();
            assertThat(first.cause()).isNotNull();
            assertThat(second.cause()).isNotNull();
            assertKept(log, loops, 1);
            assertThat(pooled.refCnt()).isOne();
            assertThat(nio.get()).as("the NIO buffer of the send under way").isNotNull();
            leaks.assertNone();
        }
    }

    @Test
    void aLoopWithNothingButCancelledReceivesKeepsNothing() throws Exception {
        Loops loops = loops(20_000);
        try (CapturedLog log = CapturedLog.capture()) {
            Channel channel = bind(loops);
            shutDown(loops);
            assertThat(channel.closeFuture().isDone()).isTrue();
            assertNothingKept(log, loops);
        }
    }

    @Test
    void packetsThatComeWithinTheBoundGiveEverythingBack() throws Exception {
        swallow("wsaRecvFrom", 8);
        swallow("wsaSendTo", 8);
        Loops loops = loops(20_000);
        try (Leaks leaks = Leaks.watch();
                CapturedLog log = CapturedLog.capture();
                FarEnd peer = new FarEnd()) {
            Channel channel = bind(loops);
            ByteBuf payload = channel.alloc().directBuffer(64).writeZero(64);
            ChannelFuture write = channel.writeAndFlush(new DatagramPacket(payload, peer.address()));
            turn(loops);
            ChannelFuture close = channel.close();
            turn(loops);
            assertThat(close.isDone()).isFalse();
            emptyCalls.set(10);
            shutDown(loops);
            assertThat(close.isSuccess()).isTrue();
            assertThat(write.isSuccess()).isTrue();
            assertThat(payload.refCnt()).isZero();
            assertNothingKept(log, loops);
            leaks.assertNone();
        }
    }
}
