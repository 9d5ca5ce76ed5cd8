// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The network namespace that {@code tools/netns} starts the test JVM in. */
public final class NetworkNamespace {
    private NetworkNamespace() {}

    /** Whether the tests run in a namespace of their own. */
    public static boolean isEntered() {
        return System.getenv("RINGPORT_NETNS") != null;
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
