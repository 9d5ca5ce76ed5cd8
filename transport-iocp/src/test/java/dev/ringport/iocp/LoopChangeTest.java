// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.datagram.LoopChangeContract;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
}
