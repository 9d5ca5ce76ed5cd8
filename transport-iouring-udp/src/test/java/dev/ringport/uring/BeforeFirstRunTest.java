// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.testkit.ManualLoop;
import dev.ringport.testkit.datagram.BeforeFirstRunContract;
import dev.ringport.uring.abi.IoUringConstants;
import dev.ringport.uring.testing.LifecycleHandle;
import io.netty.channel.IoRegistration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BeforeFirstRunTest extends BeforeFirstRunContract {
    BeforeFirstRunTest() {
        super(UringTransport.INSTANCE);
    }

    @Test
    void anOperationSubmittedBeforeTheFirstRunCompletes() {
        try (ManualLoop<?, ?> manual = newLoop()) {
            LifecycleHandle handle = new LifecycleHandle();
            IoRegistration registration = manual.loop().register(handle).getNow();
            registration.submit(new UringIoOps(IoUringConstants.IORING_OP_NOP, -1, 0, 0, 0, 0, 3));
            manual.until("it completed", () -> handle.results().size() == 1);
            assertThat(handle.calls()).containsExactly("registered", "handle 3");
        }
    }
}
