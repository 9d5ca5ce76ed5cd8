// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketAtLoop;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CountDownLatch;
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

        /** Once the worker has given its reference back. */
        static void letGo(Late region) throws InterruptedException {
            while (region.refCnt() > 1) {
                Thread.sleep(1);
            }
            assertThat(region.release()).isTrue();
        }

        @Override
        public void close() {
            group.shutdownGracefully(0, 30, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    /** More than once: what all regions share must outlast each. */
    @Test
    void regionsGivenUpBeforeTheirEndIsToldAreLetGo() throws Exception {
        try (Sending sending = new Sending()) {
            for (int round = 0; round < 3; round++) {
                Late region = new Late(1);
                sending.sendInVain(region);
                Sending.letGo(region);
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
            Sending.letGo(region);
        }
    }
}
