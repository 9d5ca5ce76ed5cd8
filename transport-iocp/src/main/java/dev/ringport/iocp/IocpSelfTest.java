// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsVersion;
import dev.ringport.iocp.selftest.FullReport;
import dev.ringport.iocp.selftest.FullReport.Verdict;
import dev.ringport.iocp.selftest.FullSelfTest;
import dev.ringport.iocp.selftest.Report;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Prints {@link Iocp#selfTest()} for a bug report.
 *
 * <pre>{@code
 * java --enable-native-access=ALL-UNNAMED -cp ... dev.ringport.iocp.IocpSelfTest [--full [--lookup=NAME]]
 * }</pre>
 *
 * <p>{@code --full} tries besides, in about a minute, what the transport expects of Windows and only a Windows can show:
 * what a peer sees of a close, sockets that move between ports, offloads on each interface, and more. Each check prints
 * what was expected, what was seen, and a verdict: as expected, differs, this system cannot, or failed to run. A check
 * that hangs is ended after 15 s and named; all end after 5 minutes at most.
 *
 * <p>It sends to this machine's own addresses alone, makes files in the temporary folder and deletes them, starts the
 * same Java again for another process, and asks for {@code localhost} and this machine's own name. It prints the version
 * of Windows and of Java and Java's names of the interfaces; no address and no name of the machine. {@code --lookup}
 * looks a name up too, by the system's name servers.
 *
 * <p>The exit code is
 * <ul>
 * <li>0 if the transport can be used, and nothing failed or differed; what the system cannot do is no failure
 * <li>1 if the transport cannot be used, or a step or a check failed
 * <li>2 for wrong arguments
 * <li>3 if something differs from what is expected of Windows
 * </ul>
 */
public final class IocpSelfTest {
    private static final String USAGE = "usage: IocpSelfTest [--full [--lookup=NAME]]";
    private static final String FULL = "--full";
    private static final String LOOKUP = "--lookup=";
    /** For the process that the full test starts. */
    private static final String BIND = "--bind";
    private static final int FAILURE = 1;
    private static final int WRONG_USE = 2;
    private static final int DIFFERENCE = 3;

    private IocpSelfTest() {}

    /** Takes {@code --full} and {@code --lookup=NAME}, or nothing. */
    public static void main(String[] arguments) throws IOException {
        System.exit(run(arguments));
    }

    static int run(String... arguments) throws IOException {
        if (arguments.length == 2 && arguments[0].equals(BIND)) {
            System.out.println(FullSelfTest.otherProcess(WindowsCalls.system(), Integer.parseInt(arguments[1])));
            return 0;
        }
        String lookup = null;
        boolean full = arguments.length > 0 && arguments[0].equals(FULL);
        if (full && arguments.length == 2 && arguments[1].startsWith(LOOKUP)) {
            lookup = arguments[1].substring(LOOKUP.length());
        } else if (arguments.length > (full ? 1 : 0)) {
            System.err.println(USAGE);
            return WRONG_USE;
        }
        Report report = Iocp.selfTestReport();
        System.out.print(report);
        boolean works = Iocp.isAvailable() && report.isClean();
        if (full && Iocp.isAvailable()) {
            return full(works, lookup);
        }
        return works ? 0 : FAILURE;
    }

    private static int full(boolean works, @Nullable String lookup) {
        System.out.println("\nThe full self-test, on this machine's own addresses:");
        FullReport report = FullSelfTest.run(
                Iocp.calls(), FullSelfTest.Options.of(WindowsVersion.ofThisSystem().wine(), lookup), System.out::print);
        System.out.println(report.summary());
        if (!works || report.has(Verdict.FAILED)) {
            return FAILURE;
        }
        return report.has(Verdict.DIFFERS) ? DIFFERENCE : 0;
    }
}
