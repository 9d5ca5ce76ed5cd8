// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.packaging;

import dev.ringport.mmsg.Mmsg;
import dev.ringport.mmsg.MmsgDatagramChannel;
import dev.ringport.mmsg.MmsgTransportProvider;
import dev.ringport.testkit.packaging.NativeImageContract;

class NativeImageTest extends NativeImageContract {
    NativeImageTest() {
        super(Mmsg.class, "ringport-transport-mmsg-udp", MmsgDatagramChannel.class, MmsgTransportProvider.class);
    }
}
