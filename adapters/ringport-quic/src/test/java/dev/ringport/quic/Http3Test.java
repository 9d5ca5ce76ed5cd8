// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.quic;

import dev.ringport.TransportProvider;
import dev.ringport.Transports;
import dev.ringport.quic.example.Http3Example;
import dev.ringport.testkit.ChannelWatch;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.handler.codec.quic.Quic;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** HTTP/3 over each transport that is there: in segmented messages over Ringport's channels, in single ones over others. */
@Timeout(60)
class Http3Test {
    private static final int BODY = 1 << 18;
    private static final Set<String> SEGMENTING = Set.of("uring", "mmsg", "iocp");

    static Stream<String> transports() {
        return usable().map(TransportProvider::name);
    }

    private static Stream<TransportProvider> usable() {
        return Transports.all().stream().filter(transport -> transport.unavailabilityCause() == null);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void segmentsAreSentWhereTheChannelTakesThem(String name) throws Exception {
        assumeTrue(Quic.isAvailable(), () -> "no QUIC: " + Quic.unavailabilityCause());
        TransportProvider transport = usable().filter(of -> of.name().equals(name)).findAny().orElseThrow();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.newHandlerFactory());
        try {
            Http3Example example = new Http3Example(group, transport.datagramChannelClass());
            Channel server = example.bind(BODY);
            ChannelWatch watch = new ChannelWatch();
            watch.watch(server);
            Channel client = example.bindClient();

            assertThat(example.fetch(client, server)).isEqualTo(BODY);
            assertThat(watch.written(SegmentedDatagramPacket.class) > 0).isEqualTo(SEGMENTING.contains(name));
            // Acknowledgements and the like, which are alone.
            assertThat(watch.written(DatagramPacket.class)).isPositive();
        } finally {
            group.shutdownGracefully(0, 30, TimeUnit.SECONDS).sync();
        }
    }
}
