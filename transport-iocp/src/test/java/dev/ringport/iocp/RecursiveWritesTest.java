// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.datagram.RecursiveWritesContract;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.WINDOWS)
class RecursiveWritesTest extends RecursiveWritesContract {
    RecursiveWritesTest() {
        super(IocpTransport.INSTANCE);
    }
}
