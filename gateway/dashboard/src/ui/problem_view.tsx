import { problemOf } from "@/api/errors";
import { useText } from "@/text";
import { Button } from "./button";
import { CopyButton } from "./copy_button";
import { Notice } from "./notice";

interface ProblemViewProps {
  // What was caught or what a query holds as its error.
  error: unknown;
  onRetry?: () => void;
  // What works all the same, where something does.
  hint?: string;
}

// An error as a person reads it: what happened, what the service said, the request id for who looks after it.
export function ProblemView({ error, onRetry, hint }: ProblemViewProps) {
  const text = useText();
  const problem = problemOf(error);
  const action = onRetry && problem.isWorthRetrying && <Button onClick={onRetry}>{text.problems.retry}</Button>;
  return (
    <Notice tone="bad" role="alert" title={text.problems.titles[problem.kind]} action={action}>
      {problem.message && <p>{problem.message}</p>}
      {hint && <p>{hint}</p>}
      {problem.requestId && (
        <small>
          {text.problems.request_id} <code>{problem.requestId}</code> <CopyButton value={problem.requestId} />
        </small>
      )}
    </Notice>
  );
}
