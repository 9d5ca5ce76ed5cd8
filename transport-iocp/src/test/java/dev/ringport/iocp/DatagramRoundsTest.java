// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.datagram.DatagramRoundsContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

@EnabledOnOs(OS.WINDOWS)
@SuppressWarnings("JUnitMethodInvoked") // the contract's own case, where its condition holds
class DatagramRoundsTest extends DatagramRoundsContract {
    DatagramRoundsTest() {
        super(IocpTransport.INSTANCE);
    }

    @Override
    @Test
    protected void channelsMoveBetweenLoopsWithTraffic() {
        assumeTrue(Iocp.canMoveSockets(), "sockets stay at their port here");
        super.channelsMoveBetweenLoopsWithTraffic();
    }
}
