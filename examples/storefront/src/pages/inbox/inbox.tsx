export default function Page() {
  return <div class='page'><h1>inbox</h1></div>;
}
