// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.bench;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.channels.Selector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** What the JDK itself must be able to do where the tests run. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class WineBenchTest {
    @Test
    void theLoopbackInterfaceIsFound() throws Exception {
        NetworkInterface found = NetworkInterface.getByInetAddress(InetAddress.getByAddress(new byte[]{127, 0, 0, 1}));
        assertThat(found).isNotNull();
        assertThat(found.isLoopback()).isTrue();
    }

    @Test
    void aSelectorWakesUp() throws Exception {
        try (Selector selector = Selector.open()) {
            selector.wakeup();
            // Without the wake-up it would wait until the test is out of time.
            assertThat(selector.select()).isZero();
        }
    }

    @Test
    void theSystemIsOneThatJavaSupports() {
        assertThat(Double.parseDouble(System.getProperty("os.version"))).isGreaterThanOrEqualTo(10.0);
    }
}
