/** Command-line flags that the server understands; what is absent comes from the environment, then from defaults. */
export type OperatorFlags = {
  data?: string;
  host?: string;
  port?: string;
  publicUrl?: string;
};
