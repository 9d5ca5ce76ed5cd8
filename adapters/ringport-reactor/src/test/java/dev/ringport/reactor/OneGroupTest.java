// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.reactor;

import dev.ringport.ServerTransport;
import dev.ringport.reactor.example.ReactorExample;
import dev.ringport.testkit.ChannelWatch;
import dev.ringport.testkit.NameServer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http3SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.udp.UdpClient;

import static org.assertj.core.api.Assertions.assertThat;

/** One LoopResources serves HTTP, HTTP/3, UDP and DNS, and Ringport's channels carry the datagrams. */
@Timeout(60)
class OneGroupTest {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final List<InetAddress> MANY = IntStream.rangeClosed(1, 40)
            .mapToObj(last -> InetAddress.ofLiteral("127.0.0." + last)).toList();

    private final ChannelWatch watch = new ChannelWatch();
    private final RingportLoops made = RingportLoops.create("test", 2, true);
    private final ServerTransport channels = made.channels();
    private final LoopResources loops = new Watched();
    private final ReactorExample example = new ReactorExample(loops);
    private final ConnectionProvider connections = ConnectionProvider.create("test");

    /** The loops, with each channel that they make shown to the watch. */
    private final class Watched implements LoopResources {
        @Override
        public <C extends Channel> C onChannel(Class<C> channelType, EventLoopGroup group) {
            return watch.watch(made.onChannel(channelType, group));
        }

        @Override
        public <C extends Channel> Class<? extends C> onChannelClass(Class<C> channelType, EventLoopGroup group) {
            throw new AssertionError("Reactor Netty never calls it, so nothing is made that the watch does not see");
        }

        @Override
        public EventLoopGroup onClient(boolean useNative) {
            return made.onClient(useNative);
        }

        @Override
        public EventLoopGroup onServer(boolean useNative) {
            return made.onServer(useNative);
        }
    }

    @AfterEach
    void dispose() {
        connections.disposeLater().block(LIMIT);
        made.disposeLater(Duration.ZERO, LIMIT).block(LIMIT);
        assertThat(made.isDisposed()).isTrue();
    }

    @Test
    void ringportsChannelsAreTheDatagrams() {
        assertThat(channels.datagramChannelClass().getName()).startsWith("dev.ringport.");
    }

    @Test
    void httpHttp3UdpAndNamesOnOneGroup() throws Exception {
        http();
        assertThat(watch.reads(channels.serverSocketChannelClass())).isEqualTo(1);
        // The client's and the one that the server accepted; both read.
        assertThat(watch.registered(channels.socketChannelClass())).isEqualTo(2);
        assertThat(watch.reads(channels.socketChannelClass())).isGreaterThanOrEqualTo(2);
        assertThat(watch.classes()).doesNotContain(channels.datagramChannelClass());

        udp();
        assertThat(watch.reads(channels.datagramChannelClass())).isEqualTo(2);
        assertThat(watch.writes(channels.datagramChannelClass())).isEqualTo(2);

        http3();
        assertThat(watch.registered(channels.datagramChannelClass())).isEqualTo(4);
        // A handshake takes two each way at least.
        assertThat(watch.reads(channels.datagramChannelClass())).isGreaterThanOrEqualTo(6);
        assertThat(watch.written(SegmentedDatagramPacket.class)).isPositive();

        names();
        assertThat(watch.classes())
                .containsExactlyInAnyOrder(
                        channels.datagramChannelClass(), channels.socketChannelClass(),
                        channels.serverSocketChannelClass());
    }

    private void http() {
        DisposableServer server = example.serveHttp(0);
        String answer = HttpClient.create(connections)
                .runOn(loops)
                .get()
                .uri("http://" + LOOPBACK + ":" + server.port() + "/")
                .responseContent()
                .aggregate()
                .asString()
                .block(LIMIT);
        assertThat(answer).isEqualTo("hello");
        server.disposeNow(LIMIT);
    }

    private void udp() {
        Connection server = example.echoDatagrams(0);
        Connection client = UdpClient.create()
                .runOn(loops)
                .host(LOOPBACK)
                .port(((InetSocketAddress) server.channel().localAddress()).getPort())
                .connectNow(LIMIT);
        Mono<String> answer = client.inbound().receive().asString(StandardCharsets.UTF_8).next();
        assertThat(client.outbound().sendString(Mono.just("a datagram")).then().then(answer).block(LIMIT))
                .isEqualTo("a datagram");
        client.disposeNow(LIMIT);
        server.disposeNow(LIMIT);
    }

    private void http3() throws Exception {
        DisposableServer server = example.serveHttp3(0);
        String answer = HttpClient.create(connections)
                .runOn(loops)
                .protocol(HttpProtocol.HTTP3)
                .secure(
                        spec -> spec.sslContext(
                                Http3SslContextSpec.forClient()
                                        .configure(
                                                builder -> builder
                                                        .trustManager(InsecureTrustManagerFactory.INSTANCE))))
                .http3Settings(
                        settings -> settings.idleTimeout(LIMIT)
                                .maxData(1 << 20)
                                .maxStreamDataBidirectionalLocal(1 << 20))
                .get()
                .uri("https://" + LOOPBACK + ":" + server.port() + "/")
                .responseContent()
                .aggregate()
                .asString()
                .block(LIMIT);
        assertThat(answer).isEqualTo(ReactorExample.HTTP3_BODY);
        connections.disposeLater().block(LIMIT);
        server.disposeNow(LIMIT);
    }

    private void names() throws Exception {
        try (NameServer names = new NameServer(Map.of("many.test", MANY))) {
            long datagrams = watch.reads(channels.datagramChannelClass());
            DisposableServer server = example.serveHttp(0);
            String answer = HttpClient.newConnection()
                    .runOn(loops)
                    .resolver(
                            spec -> spec.runOn(loops)
                                    .resolvedAddressTypes(ResolvedAddressTypes.IPV4_ONLY)
                                    .dnsAddressResolverGroupProvider(
                                            builder -> new DnsAddressResolverGroup(
                                                    builder.nameServerProvider(
                                                            new SingletonDnsServerAddressStreamProvider(
                                                                    names.address())))))
                    .get()
                    .uri("http://many.test:" + server.port() + "/")
                    .responseContent()
                    .aggregate()
                    .asString()
                    .block(LIMIT);
            assertThat(answer).isEqualTo("hello");
            assertThat(names.tcpQueries()).isEqualTo(1);
            assertThat(watch.reads(channels.datagramChannelClass())).isGreaterThan(datagrams);
            server.disposeNow(LIMIT);
        }
    }
}
