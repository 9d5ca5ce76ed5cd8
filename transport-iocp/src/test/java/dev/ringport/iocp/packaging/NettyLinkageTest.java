// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.packaging;

import dev.ringport.iocp.Iocp;
import dev.ringport.testkit.packaging.NettyLinkageContract;

class NettyLinkageTest extends NettyLinkageContract {
    NettyLinkageTest() {
        super(Iocp.class);
    }
}
