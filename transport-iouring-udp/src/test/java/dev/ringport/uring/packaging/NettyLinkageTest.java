// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.packaging;

import dev.ringport.linux.abi.Linux;
import dev.ringport.testkit.packaging.NettyLinkageContract;
import dev.ringport.uring.Uring;

class NettyLinkageTest extends NettyLinkageContract {
    NettyLinkageTest() {
        super(Uring.class, Linux.class);
    }
}
