// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.dns;

import dev.ringport.ServerTransport;
import dev.ringport.TransportProvider;
import dev.ringport.Transports;
import dev.ringport.testkit.ChannelWatch;
import dev.ringport.testkit.NameServer;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Names are looked up on every kind of loop that has connections: by UDP, and by TCP where an answer was truncated. */
@Timeout(60)
class RingportDnsTest {
    private static final List<InetAddress> FEW = List.of(InetAddress.ofLiteral("10.1.1.1"));
    private static final List<InetAddress> MANY = IntStream.rangeClosed(1, 40)
            .mapToObj(last -> InetAddress.ofLiteral("10.0.0." + last))
            .toList();

    static Stream<String> loopsWithConnections() {
        return usable().filter(transport -> transport.socketChannelClass() != null).map(TransportProvider::name);
    }

    private static Stream<TransportProvider> usable() {
        return Transports.all().stream().filter(transport -> transport.unavailabilityCause() == null);
    }

    private static EventLoop newLoop(String name) {
        TransportProvider transport = usable().filter(candidate -> candidate.name().equals(name)).findAny()
                .orElseThrow();
        return new MultiThreadIoEventLoopGroup(1, transport.newHandlerFactory()).next();
    }

    private static void end(EventLoop loop) {
        loop.shutdownGracefully(0, 30, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @ParameterizedTest
    @MethodSource("loopsWithConnections")
    void truncatedAnswersAreFetchedByTcp(String name) throws Exception {
        ChannelWatch watch = new ChannelWatch();
        WatchedBootstraps.watch = watch;
        EventLoop loop = newLoop(name);
        ServerTransport channels = Transports.on(loop);
        try (NameServer names = new NameServer(Map.of("few.test", FEW, "many.test", MANY));
                DnsNameResolver resolver = RingportDns.newBuilder(loop)
                        .nameServerProvider(new SingletonDnsServerAddressStreamProvider(names.address()))
                        .resolvedAddressTypes(ResolvedAddressTypes.IPV4_ONLY)
                        .build()) {
            assertThat(resolver.resolveAll("few.test").get()).extracting(InetAddress::getHostAddress)
                    .containsExactly("10.1.1.1");
            assertThat(names.udpQueries()).isEqualTo(1);
            assertThat(names.tcpQueries()).isZero();
            assertThat(watch.classes()).containsExactly(channels.datagramChannelClass());
            assertThat(watch.reads(channels.datagramChannelClass())).isEqualTo(1);

            assertThat(resolver.resolveAll("many.test").get()).extracting(InetAddress::getHostAddress)
                    .containsExactlyInAnyOrderElementsOf(MANY.stream().map(InetAddress::getHostAddress).toList());
            assertThat(names.udpQueries()).isEqualTo(2);
            assertThat(names.tcpQueries()).isEqualTo(1);
            assertThat(watch.classes())
                    .containsExactlyInAnyOrder(channels.datagramChannelClass(), channels.socketChannelClass());
            assertThat(watch.reads(channels.datagramChannelClass())).isEqualTo(2);
            assertThat(watch.reads(channels.socketChannelClass())).isPositive();
        } finally {
            end(loop);
        }
    }

    @ParameterizedTest
    @MethodSource("loopsWithConnections")
    void datagramsAreByRingportsChannels(String name) {
        EventLoop loop = newLoop(name);
        try {
            assertThat(Transports.on(loop).datagramChannelClass().getName()).startsWith("dev.ringport.");
        } finally {
            end(loop);
        }
    }

    @Test
    void aLoopWithoutConnectionsIsRefusedWithTheCure() {
        assumeTrue(usable().anyMatch(transport -> transport.name().equals("uring")));
        EventLoop loop = newLoop("uring");
        try {
            assertThatThrownBy(() -> RingportDns.newBuilder(loop)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("uring has no connections")
                    .hasMessageContaining("Transports.bestOnOneLoop()");
        } finally {
            end(loop);
        }
    }
}
