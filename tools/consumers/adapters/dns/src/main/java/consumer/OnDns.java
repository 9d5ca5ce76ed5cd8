// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package consumer;

import dev.ringport.Transports;
import dev.ringport.dns.RingportDns;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A name looked up by Netty's resolver, on a loop of NIO's that is there already. */
public final class OnDns {
    private OnDns() {}

    /** Knows one address. */
    private static final class Names extends SimpleChannelInboundHandler<DatagramDnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
            Carrier.note("server");
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            ctx.writeAndFlush(
                    new DatagramDnsResponse(query.recipient(), query.sender(), query.id())
                            .addRecord(DnsSection.QUESTION, question)
                            .addRecord(
                                    DnsSection.ANSWER,
                                    new DefaultDnsRawRecord(
                                            question.name(), DnsRecordType.A, 60,
                                            Unpooled.wrappedBuffer(new byte[]{10, 1, 1, 1}))));
        }
    }

    public static void main(String[] args) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        EventLoop loop = group.next();
        InetSocketAddress server = (InetSocketAddress) new Bootstrap().group(group)
                .channel(Transports.on(loop).datagramChannelClass())
                .handler(new ChannelInitializer<DatagramChannel>() {
                    @Override
                    protected void initChannel(DatagramChannel channel) {
                        channel.pipeline()
                                .addLast(new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder(), new Names());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0).sync().channel().localAddress();
        try (DnsNameResolver resolver = RingportDns.newBuilder(loop)
                .nameServerProvider(new SingletonDnsServerAddressStreamProvider(server))
                .resolvedAddressTypes(ResolvedAddressTypes.IPV4_ONLY)
                .build()) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            // On the loop, so that no answer comes before the listener.
            loop.execute(() -> resolver.resolve("first.test").addListener((Future<InetAddress> resolved) -> {
                Carrier.note("client");
                if (resolved.isSuccess()) {
                    answer.complete(resolved.getNow().getHostAddress());
                } else {
                    answer.completeExceptionally(resolved.cause());
                }
            }));
            System.out.println("answer: " + answer.get(10, TimeUnit.SECONDS));
        }
        Carrier.print();
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
    }
}
