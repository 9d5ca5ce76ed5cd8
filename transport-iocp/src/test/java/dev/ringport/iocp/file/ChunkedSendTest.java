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

import static org.assertj.core.api.Assertions.assertThat;

/** The hand-over between a worker and a loop, on any system. */
@Timeout(60)
class ChunkedSendTest {
    /**
     * Writes a byte a call: the first late, so that it is handed over before the worker says that there are no more, others
     * when it is let go.
     */
    private static final class Late extends UserRegion {
        private final int count;
        private final CountDownLatch mayGoOn = new CountDownLatch(1);
        private volatile long nanoTime;
        private volatile long done;

        Late(int count) {
            this.count = count;
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
            if (position == 0) {
                nanoTime = TimeUnit.SECONDS.toNanos(1);
            } else {
                try {
                    mayGoOn.await();
                } catch (InterruptedException interrupted) {
                    throw new AssertionError(interrupted);
                }
            }
            done = position + target.write(ByteBuffer.allocate(1));
            return 1;
        }
    }

    /** Does not go on when a piece is there, as a connection that is about to close. */
    private static final class Idle implements RegionOwner {
        private final Channel channel;
        private final CountDownLatch prepared = new CountDownLatch(1);

        Idle(Channel channel) {
            this.channel = channel;
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
            throw new AssertionError("nothing is sent");
        }

        @Override
        public void prepared() {
            prepared.countDown();
        }

        @Override
        public void regionSent(RegionSend region, long bytes) {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public void regionFailed(RegionSend region, IOException cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void refused(String call, int code) {
            throw new AssertionError(call + " " + code);
        }

        @Override
        public void abandoned() {}

        @Override
        public void movedOn() {}
    }

    /** A region of one byte, which its worker waits with until it is let go. */
    private static final class Held extends UserRegion {
        private final CountDownLatch mayGoOn = new CountDownLatch(1);
        private final CompletableFuture<Thread> worker = new CompletableFuture<>();
        private volatile long done;

        @Override
        public long transferred() {
            return done;
        }

        @Override
        public long count() {
            return 1;
        }

        @Override
        public long transferTo(WritableByteChannel target, long position) throws IOException {
            worker.complete(Thread.currentThread());
            try {
                mayGoOn.await();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            done = target.write(ByteBuffer.allocate(1));
            return done;
        }

        /** Lets it go, and waits until its worker has handed over what it can. */
        void go() throws Exception {
            mayGoOn.countDown();
            while (!isIdle(worker.get())) {
                Thread.sleep(1);
            }
        }

        private boolean isIdle(Thread thread) {
            return switch (thread.getState()) {
                // For other work, as all workers do.
                case TIMED_WAITING, TERMINATED -> true;
                // Until there is room for what follows the byte.
                case WAITING -> done == 1;
                default -> false;
            };
        }
    }

    /** Sends nothing, and says what was asked of it, and whether that was on the channel's loop. */
    private static final class Moving implements RegionOwner {
        private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        private final Channel channel;

        Moving(Channel channel) {
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

    private static final class Sending implements AutoCloseable {
        private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        private final Channel channel = new LocalChannel();

        Sending() throws InterruptedException {
            group.register(channel).sync();
        }

        /** Sends it up to its first piece, which the connection has then and does not send, and gives it up. */
        void sendInVain(Late region) throws InterruptedException {
            Idle owner = new Idle(channel);
            ChunkedSend send = new ChunkedSend(
                    owner, region, new CopiedChunks(channel.alloc(), region, () -> region.nanoTime));
            channel.eventLoop().submit(send::next).sync();
            owner.prepared.await();
            channel.eventLoop().submit(send::release).sync();
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
    @Test
    void aPieceThatComesWhileTheChannelIsAtNoLoopIsFoundAtTheNext() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, LocalIoHandler.newFactory());
        try {
            EventLoop first = group.next();
            EventLoop second = group.next();
            Channel channel = new LocalChannel();
            first.register(channel).sync();
            Held region = new Held();
            Moving owner = new Moving(channel);
            ChunkedSend send = new ChunkedSend(owner, region,
                    new CopiedChunks(channel.alloc(), region, System::nanoTime));
            first.submit(send::next).sync();
            assertThat(send.isAwaiting()).isTrue();
            channel.deregister().sync();
            assertThat(first.submit(send::stopAwaiting).get()).isTrue();
            region.go();
            first.submit(() -> {}).sync();
            assertThat(owner.asked).isEmpty();
            second.register(channel).sync();
            second.submit(send::next).sync();
            assertThat(owner.asked).contains("send").isSubsetOf("send", "moved on");
            second.submit(send::release).sync();
            letGo(region);
        } finally {
            group.shutdownGracefully().sync();
        }
    }

    /** The second loop asks first; the worker, which knew the first, tells the second. */
    @Test
    void aPieceThatComesAtTheNextLoopIsToldThere() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, LocalIoHandler.newFactory());
        try {
            EventLoop first = group.next();
            EventLoop second = group.next();
            Channel channel = new LocalChannel();
            first.register(channel).sync();
            Held region = new Held();
            Moving owner = new Moving(channel);
            ChunkedSend send = new ChunkedSend(owner, region,
                    new CopiedChunks(channel.alloc(), region, System::nanoTime));
            first.submit(send::next).sync();
            channel.deregister().sync();
            first.submit(send::stopAwaiting).sync();
            second.register(channel).sync();
            second.submit(send::next).sync();
            assertThat(send.isAwaiting()).isTrue();
            region.go();
            assertThat(owner.asked.take()).isEqualTo("prepared");
            assertThat(owner.asked.take()).isEqualTo("moved on");
            second.submit(send::next).sync();
            assertThat(owner.asked).contains("send").isSubsetOf("send", "moved on");
            second.submit(send::release).sync();
            letGo(region);
        } finally {
            group.shutdownGracefully().sync();
        }
    }

    /** A channel that is closed with no loop: what its worker still brings is the worker's to give back. */
    @Test
    void aRegionThatIsGivenUpAtNoLoopIsLetGoByItsWorker() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        try {
            Channel channel = new LocalChannel();
            group.register(channel).sync();
            Held region = new Held();
            Moving owner = new Moving(channel);
            ChunkedSend send = new ChunkedSend(owner, region,
                    new CopiedChunks(channel.alloc(), region, System::nanoTime));
            channel.eventLoop().submit(send::next).sync();
            Thread _ = region.worker.get();
            channel.deregister().sync();
            send.release();
            region.go();
            letGo(region);
            assertThat(owner.asked).isEmpty();
        } finally {
            group.shutdownGracefully().sync();
        }
    }

    /** More than once: what all regions share must outlast each. */
    @Test
    void regionsGivenUpBeforeTheirEndIsToldAreLetGo() throws Exception {
        try (Sending sending = new Sending()) {
            for (int round = 0; round < 3; round++) {
                Late region = new Late(1);
                sending.sendInVain(region);
                letGo(region);
            }
        }
    }

    @Test
    void whatASlowRegionHasWrittenIsHandedOverWhileItHangs() throws Exception {
        try (Sending sending = new Sending()) {
            Late region = new Late(2);
            sending.sendInVain(region);
            // It came before this.
            region.mayGoOn.countDown();
            letGo(region);
        }
    }
}
