// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.datagram.ChannelCloseContract;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs(OS.WINDOWS)
class ChannelCloseTest extends ChannelCloseContract {
    ChannelCloseTest() {
        super(IocpTransport.INSTANCE);
    }

    @Override
    protected void assertCountersAnswerAfterTheClose(CompletionDatagramChannel channel) {
        assertThat(((IocpDatagramChannel) channel).counters()).isNull();
    }
}
