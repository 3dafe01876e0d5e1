export default function Page() {
  return <div class='page'><h1>invitation</h1></div>;
}
