// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.datagram.VirtualThreadContract;
import io.netty.channel.IoHandler;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A loop waits in a call of the system, where a virtual thread holds its carrier. */
@EnabledOnOs(OS.WINDOWS)
class VirtualThreadTest extends VirtualThreadContract {
    VirtualThreadTest() {
        super(IocpTransport.INSTANCE);
    }

    @Override
    protected boolean hasMemory(IoHandler handler) {
        return ((IocpIoHandler) handler).loop().hasMemory();
    }
}
