// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.quic.example;

import dev.ringport.ServerTransport;
import dev.ringport.Transports;
import dev.ringport.quic.RingportQuic;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A server of HTTP/3 that answers each request with as many bytes as it was made with, and a client that fetches them. */
public final class Http3Example {
    private static final long SECONDS = 30;
    private static final int WINDOW = 1 << 20;

    private final EventLoopGroup group;
    private final Class<? extends DatagramChannel> channelClass;
    private final X509Bundle keys;

    public Http3Example(EventLoopGroup group, Class<? extends DatagramChannel> channelClass) throws Exception {
        this.group = group;
        this.channelClass = channelClass;
        keys = new CertificateBuilder().subject("CN=localhost").setIsCertificateAuthority(true).buildSelfSigned();
    }

    /** Serves and fetches 1 MiB. */
    public static void main(String[] arguments) throws Exception {
        ServerTransport transport = Transports.bestOnOneLoop();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(transport.newHandlerFactory());
        try {
            Http3Example example = new Http3Example(group, transport.datagramChannelClass());
            Channel server = example.bind(WINDOW);
            Channel client = example.bindClient();
            System.out.println(example.fetch(client, server) + " bytes by HTTP/3, " + transport);
        } finally {
            group.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS).sync();
        }
    }

    /** A server on a free port of the loopback address. */
    public Channel bind(int bodyBytes) throws Exception {
        QuicSslContext secure = QuicSslContextBuilder
                .forServer(keys.getKeyPair().getPrivate(), null, keys.getCertificatePath())
                .applicationProtocols(Http3.supportedApplicationProtocols())
                .build();
        ChannelHandler codec = limits(
                RingportQuic.segmented(Http3.newQuicServerCodecBuilder(), channelClass))
                .sslContext(secure)
                .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
                .handler(new ChannelInitializer<QuicChannel>() {
                    @Override
                    protected void initChannel(QuicChannel connection) {
                        connection.pipeline().addLast(new Http3ServerConnectionHandler(answering(bodyBytes)));
                    }
                })
                .build();
        return bind(codec);
    }

    private static ChannelHandler answering(int bodyBytes) {
        return new ChannelInitializer<QuicStreamChannel>() {
            @Override
            protected void initChannel(QuicStreamChannel stream) {
                stream.pipeline().addLast(new Http3RequestStreamInboundHandler() {
                    @Override
                    protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame headers) {}

                    @Override
                    protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame data) {
                        data.release();
                    }

                    @Override
                    @SuppressWarnings("FutureReturnValueIgnored") // If this write fails, so does the next.
                    protected void channelInputClosed(ChannelHandlerContext ctx) {
                        DefaultHttp3HeadersFrame headers = new DefaultHttp3HeadersFrame();
                        headers.headers().status("200").addInt("content-length", bodyBytes);
                        ctx.write(headers);
                        ByteBuf body = ctx.alloc().buffer(bodyBytes).writeZero(bodyBytes);
                        ctx.writeAndFlush(new DefaultHttp3DataFrame(body))
                                .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
                    }
                });
            }
        };
    }

    /** A channel for connections to servers. */
    public Channel bindClient() throws Exception {
        QuicSslContext secure = QuicSslContextBuilder.forClient()
                .trustManager(keys.getCertificate())
                .applicationProtocols(Http3.supportedApplicationProtocols())
                .build();
        return bind(
                limits(Http3.newQuicClientCodecBuilder())
                        .sslEngineProvider(connection -> secure.newEngine(connection.alloc(), "localhost", 443))
                        .build());
    }

    /** How many bytes a request brought. */
    public long fetch(Channel client, Channel server) throws Exception {
        QuicChannel connection = RingportQuic.segmented(QuicChannel.newBootstrap(client), client.getClass())
                .handler(new Http3ClientConnectionHandler())
                .remoteAddress(server.localAddress())
                .connect()
                .get(SECONDS, TimeUnit.SECONDS);
        CompletableFuture<Long> answer = new CompletableFuture<>();
        QuicStreamChannel stream = Http3.newRequestStream(connection, new Http3RequestStreamInboundHandler() {
            private long bytes;

            @Override
            protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame headers) {}

            @Override
            protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame data) {
                bytes += data.content().readableBytes();
                data.release();
            }

            @Override
            protected void channelInputClosed(ChannelHandlerContext ctx) {
                answer.complete(bytes);
            }
        }).get(SECONDS, TimeUnit.SECONDS);
        DefaultHttp3HeadersFrame request = new DefaultHttp3HeadersFrame();
        request.headers().method("GET").path("/").authority("localhost").scheme("https");
        stream.writeAndFlush(request).addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
        long bytes = answer.get(SECONDS, TimeUnit.SECONDS);
        connection.close().sync();
        return bytes;
    }

    private Channel bind(ChannelHandler codec) throws InterruptedException {
        return new Bootstrap().group(group)
                .channel(channelClass)
                .handler(codec)
                .bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
                .sync()
                .channel();
    }

    private static <B extends QuicCodecBuilder<B>> B limits(B builder) {
        return builder.maxIdleTimeout(SECONDS, TimeUnit.SECONDS)
                .initialMaxData(WINDOW)
                .initialMaxStreamDataBidirectionalLocal(WINDOW)
                .initialMaxStreamDataBidirectionalRemote(WINDOW)
                .initialMaxStreamsBidirectional(16);
    }
}
