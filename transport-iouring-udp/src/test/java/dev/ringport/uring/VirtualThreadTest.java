// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.testkit.datagram.VirtualThreadContract;
import io.netty.channel.IoHandler;

/** A ring belongs to a thread of the system, which a virtual thread leaves whenever it blocks. */
class VirtualThreadTest extends VirtualThreadContract {
    VirtualThreadTest() {
        super(UringTransport.INSTANCE);
    }

    @Override
    protected boolean hasMemory(IoHandler handler) {
        return ((UringIoHandler) handler).loop().sends().scratch().scope().isAlive();
    }
}
