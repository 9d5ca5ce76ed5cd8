// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import java.io.PrintStream;
import java.util.List;

/**
 * An echo server over UDP or TCP and a client that loads it, on one of Ringport's transports or of Netty's. Without
 * arguments both run in this process over UDP for five seconds. Exit code: 0 if a datagram came back, or all messages
 * over TCP, each with its content; 1 if not or if something failed, 2 for wrong arguments, 3 if the transport is not
 * available.
 */
public final class Echo extends Program {
    private Echo() {}

    public static void main(String[] args) {
        new Echo().execute(args);
    }

    static int run(String[] args, PrintStream out, PrintStream err) {
        return new Echo().run(List.of(args), out, err);
    }

    @Override
    protected String usage() {
        return EchoOptions.USAGE;
    }

    @Override
    protected Run parse(List<String> words) throws UsageException {
        EchoOptions options = EchoOptions.parse(words);
        return new Run(
                options.transport(),
                options.protocol() == EchoOptions.Protocol.TCP,
                (transport, out) -> new EchoRun(options, transport, out).run());
    }
}
