// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.testkit.linux.LinuxSegmentationContract;

class SegmentationTest extends LinuxSegmentationContract {
    SegmentationTest() {
        super(UringTransport.INSTANCE);
    }
}
