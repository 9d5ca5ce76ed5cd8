// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.vertx;

import dev.ringport.ServerTransport;
import dev.ringport.testkit.ChannelWatch;
import dev.ringport.testkit.NameServer;
import dev.ringport.vertx.example.VertxExample;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramChannelConfig;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.unix.UnixChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.spi.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** One Vert.x instance serves HTTP, datagrams and DNS, and Ringport's channels carry the datagrams. */
@Timeout(60)
class OneInstanceTest {
    private static final String LOOPBACK = "127.0.0.1";
    private static final long SECONDS = 30;
    private static final List<InetAddress> MANY = IntStream.rangeClosed(1, 40)
            .mapToObj(last -> InetAddress.ofLiteral("10.0.0." + last)).toList();

    private final ChannelWatch watch = new ChannelWatch();
    private final RingportTransport transport = new RingportTransport();
    private final ServerTransport channels = transport.channels();
    private final Vertx vertx = Vertx.builder().withTransport(new Watched()).build();
    private final VertxExample example = new VertxExample(vertx);

    /** The transport, with each channel that it makes shown to the watch. */
    private final class Watched implements io.vertx.core.transport.Transport {
        @Override
        public String name() {
            return transport.name();
        }

        @Override
        public boolean available() {
            return transport.available();
        }

        @Override
        public Throwable unavailabilityCause() {
            return transport.unavailabilityCause();
        }

        @Override
        public Transport implementation() {
            Transport made = transport.implementation();
            return (Transport) Proxy.newProxyInstance(
                    Transport.class.getClassLoader(), new Class<?>[]{Transport.class}, (_, method, arguments) -> {
                        try {
                            return watched(method.invoke(made, arguments));
                        } catch (InvocationTargetException thrown) {
                            throw thrown.getTargetException();
                        }
                    });
        }

        private Object watched(Object answer) {
            return switch (answer) {
                case Channel channel -> watch.watch(channel);
                case ChannelFactory<?> factory -> (ChannelFactory<Channel>) () -> watch.watch(factory.newChannel());
                case null, default -> answer;
            };
        }
    }

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void ringportsChannelsAreTheDatagrams() {
        assertThat(channels.datagramChannelClass().getName()).startsWith("dev.ringport.");
    }

    @Test
    void vertxTakesItForANativeTransport() {
        assertThat(vertx.isNativeTransportEnabled()).isTrue();
    }

    /** Has a look at a channel that is configured so. */
    @SuppressWarnings("deprecation") // Vert.x names this family.
    private void configured(DatagramSocketOptions options, Consumer<DatagramChannelConfig> look) {
        Transport spi = transport.implementation();
        DatagramChannel channel = spi.datagramChannel(InternetProtocolFamily.IPv4);
        try {
            spi.configure(channel, options);
            look.accept(channel.config());
        } finally {
            channel.unsafe().closeForcibly();
        }
    }

    @Test
    void theOptionsOfASocketReachTheChannel() {
        configured(
                new DatagramSocketOptions().setReusePort(true)
                        .setReceiveBufferSize(100_000)
                        .setTrafficClass(16)
                        .setMulticastTimeToLive(7)
                        .setMulticastNetworkInterface("lo"),
                config -> {
                    assertThat(config.getOption(UnixChannelOption.SO_REUSEPORT)).isTrue();
                    assertThat(config.getReceiveBufferSize()).isEqualTo(100_000);
                    assertThat(config.getTrafficClass()).isEqualTo(16);
                    assertThat(config.getTimeToLive()).isEqualTo(7);
                    assertThat(config.getNetworkInterface().getName()).isEqualTo("lo");
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void receiversOfThisHostHaveWhatIsSentToTheirGroupAsWithVertxOwnTransports(boolean disabled) {
        assertThat(new DatagramSocketOptions().isLoopbackModeDisabled()).isTrue();
        configured(
                new DatagramSocketOptions().setLoopbackModeDisabled(disabled),
                config -> assertThat(config.isLoopbackModeDisabled()).isFalse());
    }

    @Test
    void aNetworkInterfaceThatIsNotThereIsNamed() {
        assertThatThrownBy(
                () -> configured(
                        new DatagramSocketOptions().setMulticastNetworkInterface("nobody0"), config -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no network interface nobody0");
    }

    @Test
    void vertxAndNettyAreOfTheVersionsThatTheBuildSays() {
        assertThat(jarOf(Vertx.class)).endsWith("vertx-core-" + System.getProperty("vertx.version") + ".jar");
        assertThat(jarOf(Channel.class))
                .endsWith("netty-transport-" + System.getProperty("vertx.netty.version") + ".jar");
    }

    private static String jarOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }

    @Test
    void httpDatagramsAndNamesOnOneInstance() throws Exception {
        HttpServer server = get(example.serveHttp(0));
        assertThat(fetch(server.actualPort(), "/there")).isEqualTo("hello /there");
        assertThat(watch.reads(channels.serverSocketChannelClass())).isEqualTo(1);
        // The client's and the one that the server accepted.
        assertThat(watch.registered(channels.socketChannelClass())).isEqualTo(2);

        assertThat(echo("a datagram")).isEqualTo("a datagram");
        assertThat(watch.reads(channels.datagramChannelClass())).isEqualTo(2);
        assertThat(watch.writes(channels.datagramChannelClass())).isEqualTo(2);

        try (NameServer names = new NameServer(Map.of("few.test", MANY.subList(0, 1), "many.test", MANY))) {
            DnsClient client = vertx.createDnsClient(names.address().getPort(), LOOPBACK);
            assertThat(get(client.resolveA("few.test"))).containsExactly("10.0.0.1");
            assertThat(names.tcpQueries()).isZero();
            assertThat(watch.reads(channels.datagramChannelClass())).isEqualTo(3);

            assertThat(get(client.resolveA("many.test")))
                    .containsExactlyInAnyOrderElementsOf(MANY.stream().map(InetAddress::getHostAddress).toList());
            assertThat(names.tcpQueries()).isEqualTo(1);
            assertThat(watch.reads(channels.datagramChannelClass())).isEqualTo(4);
        }
        assertThat(watch.classes())
                .containsExactlyInAnyOrder(
                        channels.datagramChannelClass(), channels.socketChannelClass(),
                        channels.serverSocketChannelClass());
    }

    private String fetch(int port, String path) throws Exception {
        HttpClient client = vertx.createHttpClient();
        return get(
                client.request(HttpMethod.GET, port, LOOPBACK, path)
                        .compose(request -> request.send().compose(HttpClientResponse::body))
                        .map(Buffer::toString));
    }

    private String echo(String text) throws Exception {
        DatagramSocket server = get(example.echoDatagrams(0));
        CompletableFuture<String> answer = new CompletableFuture<>();
        DatagramSocket client = get(vertx.createDatagramSocket().listen(0, LOOPBACK));
        client.handler(packet -> answer.complete(packet.data().toString()));
        get(client.send(text, server.localAddress().port(), LOOPBACK));
        return answer.get(SECONDS, TimeUnit.SECONDS);
    }
}
