// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The network namespace that {@code tools/netns} starts the test JVM in. */
public final class NetworkNamespace {
    /** What the interface for multicasts has, whatever its name is to the JVM. */
    public static final InetAddress ADDRESS = InetAddress.ofLiteral("10.123.0.1");

    private NetworkNamespace() {}

    /** Whether the tests run in a namespace of their own. */
    public static boolean isEntered() {
        return System.getenv("RINGPORT_NETNS") != null;
    }

    /** The namespace's interface for multicasts; without a namespace the calling test is aborted. */
    public static NetworkInterface multicastInterface() throws IOException {
        assumeTrue(isEntered(), "no network namespace of its own");
        NetworkInterface found = NetworkInterface.getByInetAddress(ADDRESS);
        return Objects.requireNonNull(found, "no interface has the address that tools/netns gives one");
    }

    /** Runs a command in the namespace and answers what it said. */
    public static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
        return output;
    }
}
