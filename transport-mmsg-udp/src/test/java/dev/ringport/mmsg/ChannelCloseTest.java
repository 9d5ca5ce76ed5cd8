// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.datagram.ChannelCloseContract;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ChannelCloseTest extends ChannelCloseContract {
    ChannelCloseTest() {
        super(MmsgTransport.INSTANCE);
    }

    @Override
    protected void assertCountersAnswerAfterTheClose(CompletionDatagramChannel channel) {
        assertThat(((MmsgDatagramChannel) channel).counters()).isNull();
    }

    /** Others' handlers leave it to their loops. */
    @Test
    @Override
    @SuppressWarnings("JUnitMethodInvoked") // where it holds
    protected void aRegistrationThatFailsClosesTheChannel() {
        MmsgTransport.assumeOwnLoop();
        super.aRegistrationThatFailsClosesTheChannel();
    }
}
