// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.packaging;

import dev.ringport.iocp.Iocp;
import dev.ringport.iocp.IocpDatagramChannel;
import dev.ringport.iocp.IocpServerSocketChannel;
import dev.ringport.iocp.IocpSocketChannel;
import dev.ringport.iocp.IocpTransportProvider;
import dev.ringport.testkit.packaging.NativeImageContract;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.WINDOWS) // where the handles can be made
class NativeImageTest extends NativeImageContract {
    NativeImageTest() {
        super(
                Iocp.class, "ringport-transport-iocp", IocpDatagramChannel.class, IocpSocketChannel.class,
                IocpServerSocketChannel.class, IocpTransportProvider.class);
    }
}
