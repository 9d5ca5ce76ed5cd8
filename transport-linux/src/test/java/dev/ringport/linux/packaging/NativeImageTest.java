// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.packaging;

import dev.ringport.linux.abi.Linux;
import dev.ringport.testkit.packaging.NativeImageContract;

class NativeImageTest extends NativeImageContract {
    NativeImageTest() {
        super(Linux.class, "ringport-transport-linux");
    }
}
