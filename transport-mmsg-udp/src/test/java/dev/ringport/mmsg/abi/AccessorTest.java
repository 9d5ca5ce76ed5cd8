// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.abi;

import dev.ringport.testkit.abi.AccessorContract;

class AccessorTest extends AccessorContract {
    AccessorTest() {
        super(Mmsghdr.class);
    }
}
