// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.datagram.ConnectionContract;
import io.netty.channel.ChannelFuture;
import java.nio.channels.AlreadyConnectedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs(OS.WINDOWS)
@SuppressWarnings("JUnitMethodInvoked") // the contract's own case, where its condition holds
class ConnectionTest extends ConnectionContract {
    private static final String TAKES_THE_ERROR = "takes the socket's error for itself";

    ConnectionTest() {
        super(IocpTransport.INSTANCE);
    }

    /** As with NIO. */
    @Override
    protected void expectPastConnection(ChannelFuture write, Peer recipient) {
        assertThat(Udp.failure(write)).isInstanceOf(AlreadyConnectedException.class);
    }

    @Override
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "127.0.0.5"})
    protected void anExplicitlyBoundAddressOutlivesTheConnection(String address) {
        if (address.endsWith("5")) {
            Wine.cannot("leaves a socket that is connected to no address with a filter for its own");
        }
        super.anExplicitlyBoundAddressOutlivesTheConnection(address);
    }

    @Override
    @Test
    protected void connectWithALocalAddressBindsItFirst() {
        Wine.cannot("sends from 127.0.0.1 what is bound to another address of the loopback");
        super.connectWithALocalAddressBindsItFirst();
    }

    @Override
    @Test
    protected void withAutoReadAClosedPortReachesThePipelineAndTheChannelLivesOn() {
        Wine.cannot("watches a socket no more that had an error");
        super.withAutoReadAClosedPortReachesThePipelineAndTheChannelLivesOn();
    }

    @Override
    @Test
    protected void withoutAutoReadAClosedPortFailsALaterWrite() {
        Wine.cannot(TAKES_THE_ERROR);
        super.withoutAutoReadAClosedPortFailsALaterWrite();
    }

    @Override
    @Test
    protected void aPortErrorCostsNoMoreThanOneDatagramOfAFlush() {
        Wine.cannot(TAKES_THE_ERROR);
        super.aPortErrorCostsNoMoreThanOneDatagramOfAFlush();
    }
}
