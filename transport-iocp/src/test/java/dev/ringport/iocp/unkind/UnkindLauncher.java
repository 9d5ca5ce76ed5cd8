// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.unkind;

import dev.ringport.iocp.ToldResets;
import dev.ringport.iocp.abi.WindowsCalls;
import java.util.Arrays;

/**
 * Calls the main class named by the first argument, with the others, on an unkind Windows. The property
 * {@code ringport.unkind.seed} is the seed: the same again for the same unkindness.
 */
public final class UnkindLauncher {
    /** The seed of this JVM; not set where Windows is itself. */
    public static final String SEED = "ringport.unkind.seed";
    /** Begins a line of the output that names faults of the program; tools/wine/unkind.sh looks for it. */
    static final String FAULTS = "Unkind: faults of the program: ";

    private UnkindLauncher() {}

    public static void main(String[] args) throws Exception {
        Chances chances = new Chances(Long.getLong(SEED, 0));
        // Of a receive that is to be told later nobody could say any more that it was a reset that ended it.
        WindowsCalls.putBetween(system -> UnkindWindows.over(ToldResets.over(system), chances));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            System.out.println("Unkind: " + chances);
            if (!chances.faults().isEmpty()) {
                System.out.println(FAULTS + chances.faults());
            }
        }));
        Class.forName(args[0])
                .getMethod("main", String[].class)
                .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    }
}
