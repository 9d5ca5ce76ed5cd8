// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketAtLoop;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The hand-over between a worker and a loop, on any system. */
@Timeout(60)
class ChunkedSendTest {
    /** When a worker hands over the first byte of a region. */
    enum HandOver {
        /** Before it says that there are no more: the region is slow. */
        BEFORE_THE_END,
        /** With the end of the region. */
        AT_THE_END
    }

    /** Writes a byte a call: some at once, the others when it is let go. */
    private static final class Region extends UserRegion {
        private final HandOver handOver;
        private final int count;
        private final int atOnce;
        private final CountDownLatch mayGoOn = new CountDownLatch(1);
        private final CompletableFuture<Thread> worker = new CompletableFuture<>();
        private volatile long nanoTime;
        private volatile long done;

        Region(HandOver handOver, int count, int atOnce) {
            this.handOver = handOver;
            this.count = count;
            this.atOnce = atOnce;
        }

        /** The worker waits with its only byte. */
        static Region held(HandOver handOver) {
            return new Region(handOver, 1, 0);
        }

        @Override
        public long transferred() {
            return done;
        }

        @Override
        public long count() {
            return count;
        }

        @Override
        public long transferTo(WritableByteChannel target, long position) throws IOException {
            worker.complete(Thread.currentThread());
            if (handOver == HandOver.BEFORE_THE_END) {
                nanoTime = TimeUnit.SECONDS.toNanos(1);
            }
            if (position >= atOnce) {
                try {
                    mayGoOn.await();
                } catch (InterruptedException interrupted) {
                    throw new AssertionError(interrupted);
                }
            }
            done = position + target.write(ByteBuffer.allocate(1));
            return 1;
        }

        /** Lets it go, and waits until its worker has told the loop of the byte. */
        void go() throws Exception {
            mayGoOn.countDown();
            while (!hasTold(worker.get())) {
                Thread.sleep(1);
            }
        }

        private boolean hasTold(Thread thread) {
            return switch (handOver) {
                // It tells before the region's write returns.
                case BEFORE_THE_END -> done == count;
                // It tells as the last of its work, and then waits for other work for a while. It waits so for nothing else.
                case AT_THE_END -> switch (thread.getState()) {
                    case TIMED_WAITING, TERMINATED -> true;
                    default -> false;
                };
            };
        }
    }

    /** Sends nothing, and says what was asked of it, and whether that was on the channel's loop. */
    private static final class Owner implements RegionOwner {
        private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        private final Channel channel;

        Owner(Channel channel) {
            this.channel = channel;
        }

        private void ask(String what) {
            boolean atHome = channel.isRegistered() && channel.eventLoop().inEventLoop();
            asked.add(atHome ? what : what + " elsewhere");
        }

        @Override
        public Channel channel() {
            return channel;
        }

        @Override
        public OverlappedSocket socket() {
            throw new AssertionError("no call is made");
        }

        @Override
        public SocketAtLoop place() {
            throw new AssertionError("no operation is made");
        }

        @Override
        public void sendChunk(Chunk chunk, long address, int bytes) {
            ask("send");
        }

        @Override
        public void preparing() {
            ask("preparing");
        }

        @Override
        public void prepared() {
            ask("prepared");
        }

        @Override
        public void regionSent(RegionSend region, long bytes) {
            ask("sent");
        }

        @Override
        public void regionFailed(RegionSend region, IOException cause) {
            ask("failed");
        }

        @Override
        public void refused(String call, int code) {
            ask("refused");
        }

        @Override
        public void abandoned() {
            ask("abandoned");
        }

        @Override
        public void movedOn() {
            ask("moved on");
        }
    }

    /** Two loops, and a channel at the first. */
    private static final class Sending implements AutoCloseable {
        private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, LocalIoHandler.newFactory());
        private final EventLoop first = group.next();
        private final EventLoop second = group.next();
        private final Channel channel = new LocalChannel();
        private final Owner owner = new Owner(channel);

        Sending() throws InterruptedException {
            first.register(channel).sync();
        }

        /** Begins to send it, at the first loop. */
        ChunkedSend begin(Region region) throws InterruptedException {
            ChunkedSend send = new ChunkedSend(
                    owner, region, new CopiedChunks(channel.alloc(), region, () -> region.nanoTime));
            first.submit(send::next).sync();
            assertThat(owner.asked.take()).isEqualTo("preparing");
            return send;
        }

        /**
         * Sends it up to its first piece, which the connection has then and does not send, as one that is about to close,
         * and gives it up.
         */
        void sendInVain(Region region) throws InterruptedException {
            ChunkedSend send = begin(region);
            assertThat(owner.asked.take()).isEqualTo("prepared");
            first.submit(send::release).sync();
            assertThat(owner.asked).isSubsetOf("prepared");
            owner.asked.clear();
        }

        @Override
        public void close() {
            group.shutdownGracefully(0, 30, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    /** The worker's reference goes in its own time. */
    private static void letGo(UserRegion region) throws InterruptedException {
        while (region.refCnt() > 1) {
            Thread.sleep(1);
        }
        assertThat(region.release()).isTrue();
    }

    /** What comes while the channel is between two loops waits for the second: the first has no say any more. */
    @ParameterizedTest
    @EnumSource
    void aPieceThatComesWhileTheChannelIsAtNoLoopIsFoundAtTheNext(HandOver handOver) throws Exception {
        try (Sending sending = new Sending()) {
            Region region = Region.held(handOver);
            ChunkedSend send = sending.begin(region);
            sending.channel.deregister().sync();
            region.go();
            sending.first.submit(() -> {}).sync();
            assertThat(sending.owner.asked).isEmpty();
            sending.second.register(sending.channel).sync();
            sending.second.submit(send::next).sync();
            assertThat(sending.owner.asked).contains("send").isSubsetOf("send", "prepared");
            sending.second.submit(send::release).sync();
            letGo(region);
        }
    }

    /** The second loop asks first; the worker, which knew the first, tells the second. */
    @ParameterizedTest
    @EnumSource
    void aPieceThatComesAtTheNextLoopIsToldThere(HandOver handOver) throws Exception {
        try (Sending sending = new Sending()) {
            Region region = Region.held(handOver);
            ChunkedSend send = sending.begin(region);
            sending.channel.deregister().sync();
            sending.second.register(sending.channel).sync();
            sending.second.submit(send::next).sync();
            assertThat(sending.owner.asked.take()).isEqualTo("preparing");
            region.go();
            assertThat(sending.owner.asked.take()).isEqualTo("prepared");
            sending.second.submit(send::next).sync();
            assertThat(sending.owner.asked).contains("send").isSubsetOf("send", "prepared");
            sending.second.submit(send::release).sync();
            letGo(region);
        }
    }

    /** A channel that is closed with no loop: what its worker still brings is the worker's to give back. */
    @ParameterizedTest
    @EnumSource
    void aRegionThatIsGivenUpAtNoLoopIsLetGoByItsWorker(HandOver handOver) throws Exception {
        try (Sending sending = new Sending()) {
            Region region = Region.held(handOver);
            ChunkedSend send = sending.begin(region);
            Thread _ = region.worker.get();
            sending.channel.deregister().sync();
            send.release();
            region.mayGoOn.countDown();
            letGo(region);
            assertThat(sending.owner.asked).isEmpty();
        }
    }

    /** More than once: what all regions share must outlast each. */
    @Test
    void regionsGivenUpBeforeTheirEndIsToldAreLetGo() throws Exception {
        try (Sending sending = new Sending()) {
            for (int round = 0; round < 3; round++) {
                Region region = new Region(HandOver.BEFORE_THE_END, 1, 1);
                sending.sendInVain(region);
                letGo(region);
            }
        }
    }

    @Test
    void whatASlowRegionHasWrittenIsHandedOverWhileItHangs() throws Exception {
        try (Sending sending = new Sending()) {
            Region region = new Region(HandOver.BEFORE_THE_END, 2, 1);
            sending.sendInVain(region);
            // It came before this.
            region.mayGoOn.countDown();
            letGo(region);
        }
    }
}
