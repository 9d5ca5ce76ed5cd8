// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.ChildJvm.Outcome;
import dev.ringport.uring.Uring;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The example in a JVM of its own that has nothing but what it needs: no epoll, no unix-common, no QUIC, no iocp, no HTTP. */
@Timeout(ChildJvm.SECONDS + 60)
class MinimalPathTest {
    private static final String NAME = Uring.isAvailable() ? "uring" : "nio";

    private static Outcome runOnClassPath(String arguments) throws Exception {
        return ChildJvm
                .onClassPath(Uring.class, "--illegal-native-access=deny", "--enable-native-access=ALL-UNNAMED")
                .withNetwork()
                .run(Echo.class, arguments.split(" "));
    }

    private static Outcome runOnModulePath(String arguments) throws Exception {
        return ChildJvm
                .onModulePath(
                        Uring.class, "--illegal-native-access=deny", "--enable-native-access=dev.ringport.common",
                        // For what starts it under Wine.
                        "--add-exports=dev.ringport.examples/dev.ringport.examples=ALL-UNNAMED")
                .withModule(Echo.class)
                .withNetwork()
                .run(Echo.class, arguments.split(" "));
    }

    @Test
    void demoOnTheClassPath() throws Exception {
        assertDemo(runOnClassPath("demo --seconds 1 --transport " + NAME));
    }

    @Test
    void demoOnTheModulePath() throws Exception {
        assertDemo(runOnModulePath("demo --seconds 1 --transport " + NAME));
    }

    private static void assertDemo(Outcome outcome) {
        assertEquals(0, outcome.exit(), outcome::toString);
        assertEquals("", outcome.errors());
        assertTrue(outcome.output().contains("transport " + NAME + ": "), outcome::toString);
        assertTrue(outcome.output().contains("round trips in microseconds: p50 "), outcome::toString);
    }

    @Test
    void epollIsNotThereOnTheClassPath() throws Exception {
        assertNoEpoll(runOnClassPath("--transport epoll"));
    }

    @Test
    void epollIsNotThereOnTheModulePath() throws Exception {
        assertNoEpoll(runOnModulePath("--transport epoll"));
    }

    private static void assertNoEpoll(Outcome outcome) {
        assertEquals(3, outcome.exit(), outcome::toString);
        String system = System.getProperty("os.name");
        assertEquals(
                "transport epoll is not available: " + (system.equals("Linux")
                        ? "netty-transport-classes-epoll is not there: no class io.netty.channel.epoll.Epoll"
                        : "epoll is of Linux; this is " + system),
                outcome.errors().strip());
    }
}
