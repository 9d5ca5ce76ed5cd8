// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.examples.Program;
import dev.ringport.examples.UsageException;
import java.io.PrintStream;
import java.util.List;

/**
 * Sends numbered datagrams with checksums, of mixed sizes, between many channels and in many ways, and looks at each that
 * arrives: whole, once, in the order of its flow, none lost that the kernel has not counted. On loopback, or between two
 * network namespaces. Exit code: 0 if all is right, 1 if not or if something failed, 2 for wrong arguments, 3 if the
 * transport is not available.
 */
public final class Soak extends Program {
    private Soak() {}

    public static void main(String[] args) {
        new Soak().execute(args);
    }

    static int run(String[] args, PrintStream out, PrintStream err) {
        return new Soak().run(List.of(args), out, err);
    }

    @Override
    protected String usage() {
        return SoakOptions.USAGE;
    }

    @Override
    protected Run parse(List<String> words) throws UsageException {
        SoakOptions options = SoakOptions.parse(words);
        return new Run(
                options.transport(), false, (transport, out) -> new SoakRun(options, transport, out).run());
    }
}
