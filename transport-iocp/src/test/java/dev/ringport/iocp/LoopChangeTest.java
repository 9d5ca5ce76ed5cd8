// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.Udp.Recorder;
import dev.ringport.testkit.datagram.LoopChangeContract;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@EnabledOnOs(OS.WINDOWS)
class LoopChangeTest extends LoopChangeContract {
    LoopChangeTest() {
        super(IocpTransport.INSTANCE);
    }

    @Override
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    protected void whatWasFlushedIsSentByOneLoopOrTheOther(boolean toItsOwn) throws Exception {
        assumeTrue(toItsOwn || Iocp.canMoveSockets(), "sockets stay at their port here");
        super.whatWasFlushedIsSentByOneLoopOrTheOther(toItsOwn);
    }

    @Test
    void aChannelThatCannotMoveStaysOpenAndWorksAtItsOwnLoopAgain() {
        assumeFalse(Iocp.canMoveSockets(), "sockets move to other ports here");
        Recorder recorder = new Recorder();
        try (Udp<?> udp = new Udp<>(transport); Loops loops = new Loops(2)) {
            Peer peer = udp.peer();
            EventLoop own = loops.next();
            EventLoop other = loops.next();
            ChannelFuture bound = new Bootstrap().group(own)
                    .channelFactory(() -> new IocpDatagramChannel(SocketProtocolFamily.INET))
                    .handler(recorder)
                    .bind(Udp.INET);
            Udp.await(bound);
            IocpDatagramChannel channel = (IocpDatagramChannel) bound.channel();
            for (int i = 0; i < 3; i++) {
                Udp.await(channel.deregister());
                assertThat(Udp.failure(other.register(channel)))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("former event loop");
                assertThat(channel.isOpen()).isTrue();
                assertThat(channel.isRegistered()).isFalse();
                Udp.await(own.register(channel));
                peer.send(Udp.numbered(i, 30), channel.localAddress());
                assertThat(recorder.takeBytes()).isEqualTo(Udp.numbered(i, 30));
                Udp.await(channel.writeAndFlush(new DatagramPacket(Udp.direct(Udp.numbered(i, 20)), peer.address())));
                assertThat(peer.receive().content()).isEqualTo(Udp.numbered(i, 20));
            }
            Udp.await(channel.close());
        }
    }
}
