// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.testkit.linux.LinuxSegmentationContract;

class SegmentationTest extends LinuxSegmentationContract {
    SegmentationTest() {
        super(MmsgTransport.INSTANCE);
    }
}
