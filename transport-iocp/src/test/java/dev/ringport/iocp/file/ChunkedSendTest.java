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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** The hand-over between a worker and a loop, on any system. */
@Timeout(60)
class ChunkedSendTest {
    /** Writes its one piece late, so that it is handed over before the worker says that there are no more. */
    private static final class Late extends UserRegion {
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
            try {
                Thread.sleep(20);
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            done = target.write(ByteBuffer.allocate(1));
            return done;
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

    /** More than once: what all regions share must outlast each. */
    @Test
    void regionsGivenUpBeforeTheirEndIsToldAreLetGo() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        try {
            Channel channel = new LocalChannel();
            group.register(channel).sync();
            for (int round = 0; round < 3; round++) {
                Late region = new Late();
                Idle owner = new Idle(channel);
                ChunkedSend send = new ChunkedSend(owner, region, new CopiedChunks(channel.alloc(), region));
                channel.eventLoop().submit(send::next).sync();
                owner.prepared.await();
                channel.eventLoop().submit(send::release).sync();
                while (region.refCnt() > 1) {
                    // The worker's reference.
                    Thread.sleep(1);
                }
                assertThat(region.release()).isTrue();
            }
        } finally {
            group.shutdownGracefully().sync();
        }
    }
}
