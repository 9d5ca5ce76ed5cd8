// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.packaging;

import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.NetworkNamespace;
import dev.ringport.uring.Uring;
import dev.ringport.uring.testing.DefaultFamily;
import java.io.IOException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The default socket is of the family that the JDK would take, in systems with IPv6 addresses and without. */
class DefaultFamilyTest {
    private static ChildJvm.Outcome in(String set) throws IOException, InterruptedException {
        assumeTrue(NetworkNamespace.isEntered(), "no network namespace of its own");
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(Uring.class, "--enable-native-access=ALL-UNNAMED")
                .under("unshare", "-n", "sh", "-c", "set -eu; " + set + "; ip link set lo up; exec \"$@\"", "sh")
                .run(DefaultFamily.class);
        assertThat(outcome.exit()).as(outcome.errors()).isZero();
        return outcome;
    }

    private static String disable(String scope) {
        return "echo 1 >/proc/sys/net/ipv6/conf/" + scope + "/disable_ipv6";
    }

    @Test
    void withoutIpv6AddressesItIsIpv4() throws Exception {
        assertThat(in(disable("all") + ";" + disable("default")).output())
                .contains("jdk: Inet4Address", "uring: Inet4Address");
        assertThat(in(disable("lo")).output()).contains("jdk: Inet4Address", "uring: Inet4Address");
    }

    @Test
    void withAnIpv6AddressItIsIpv6() throws Exception {
        assertThat(in("true").output()).contains("jdk: Inet6Address", "uring: Inet6Address");
    }
}
