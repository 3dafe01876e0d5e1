export default function Page() {
  return <div class='page'><h1>shared</h1></div>;
}
