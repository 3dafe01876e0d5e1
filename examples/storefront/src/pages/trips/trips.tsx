export default function Page() {
  return <div class='page'><h1>trips</h1></div>;
}
