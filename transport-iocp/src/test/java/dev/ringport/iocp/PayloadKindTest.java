// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.datagram.PayloadKindContract;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.WINDOWS)
class PayloadKindTest extends PayloadKindContract {
    PayloadKindTest() {
        super(IocpTransport.INSTANCE);
    }
}
