// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.abi;

import dev.ringport.testkit.abi.AccessorContract;

class AccessorTest extends AccessorContract {
    AccessorTest() {
        super(Msghdr.class);
    }
}
