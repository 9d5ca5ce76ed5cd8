// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.packaging;

import dev.ringport.testkit.packaging.NativeImageContract;
import dev.ringport.uring.Uring;
import dev.ringport.uring.UringDatagramChannel;
import dev.ringport.uring.UringTransportProvider;

class NativeImageTest extends NativeImageContract {
    NativeImageTest() {
        super(Uring.class, "ringport-transport-iouring-udp", UringDatagramChannel.class, UringTransportProvider.class);
    }
}
