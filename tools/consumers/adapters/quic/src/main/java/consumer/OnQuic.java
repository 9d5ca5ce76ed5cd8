// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package consumer;

import dev.ringport.ServerTransport;
import dev.ringport.Transports;
import dev.ringport.quic.example.Http3Example;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The example of HTTP/3 that the documents point to. */
public final class OnQuic {
    private static final int BYTES = 1 << 20;

    private OnQuic() {}

    private static final AtomicBoolean SEGMENTED = new AtomicBoolean();

    private static final class Watch extends ChannelDuplexHandler {
        private final String name;

        Watch(String name) {
            this.name = name;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object packet) {
            Carrier.note(name);
            ctx.fireChannelRead(packet);
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object packet, ChannelPromise promise) {
            if (packet instanceof SegmentedDatagramPacket) {
                SEGMENTED.set(true);
            }
            ctx.write(packet, promise);
        }
    }

    public static void main(String[] args) throws Exception {
        ServerTransport transport = Transports.bestOnOneLoop();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(transport.newHandlerFactory());
        Http3Example example = new Http3Example(group, transport.datagramChannelClass());
        Channel server = example.bind(BYTES);
        server.pipeline().addFirst(new Watch("server"));
        Channel client = example.bindClient();
        client.pipeline().addFirst(new Watch("client"));
        System.out.println("answer: " + example.fetch(client, server));
        System.out.println("segmented: " + SEGMENTED);
        Carrier.print();
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
    }
}
