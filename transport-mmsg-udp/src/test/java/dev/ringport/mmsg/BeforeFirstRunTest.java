// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.mmsg.testing.LifecycleHandle;
import dev.ringport.testkit.ManualLoop;
import dev.ringport.testkit.datagram.BeforeFirstRunContract;
import io.netty.channel.IoRegistration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BeforeFirstRunTest extends BeforeFirstRunContract {
    BeforeFirstRunTest() {
        super(MmsgTransport.INSTANCE);
    }

    @Test
    void anOperationSubmittedBeforeTheFirstRunCompletes() {
        MmsgTransport.assumeOwnLoop();
        int fd = Linux.eventfd(NativeCalls.threadCapture(), 1, SocketConstants.EFD_CLOEXEC);
        try (ManualLoop<?, ?> manual = newLoop()) {
            LifecycleHandle handle = new LifecycleHandle();
            IoRegistration registration = manual.loop().register(handle).getNow();
            registration.submit(new MmsgIoOps(fd, SocketConstants.POLLIN, 3));
            manual.until("it completed", () -> handle.results().size() == 1);
            assertThat(handle.calls()).containsExactly("registered", "handle 3");
        } finally {
            Linux.close(NativeCalls.threadCapture(), fd);
        }
    }
}
