// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A started process's end of the line to the runner: commands come by standard input, answers leave by what was
 * standard output when this was made. What libraries print goes to standard error.
 */
final class ControlLine {
    /** Does what a command says. */
    interface Commands {
        Message answer(Message command) throws Exception;
    }

    private final PrintStream out = System.out;

    ControlLine() {
        System.setOut(System.err);
    }

    void tell(Message message) {
        out.println(message.encode());
        out.flush();
    }

    /** Answers until the runner's end is closed. */
    void serve(Commands commands) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Message answer;
            try {
                answer = commands.answer(Message.decode(line));
            } catch (Exception failed) {
                failed.printStackTrace();
                answer = Message.failed(failed);
            }
            tell(answer);
        }
    }
}
