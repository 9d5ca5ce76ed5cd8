// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.packaging;

import dev.ringport.linux.abi.Linux;
import dev.ringport.mmsg.Mmsg;
import dev.ringport.testkit.packaging.NettyLinkageContract;

class NettyLinkageTest extends NettyLinkageContract {
    NettyLinkageTest() {
        super(Mmsg.class, Linux.class);
    }
}
